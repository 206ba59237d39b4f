"""Finds declarations of what is made elsewhere that no rule needed; see `unused-external`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Finding, Location
from plate_llm_cli.rules.registry import RULES
from plate_llm_cli.rules.source.unused_external import UnusedExternal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.external import Declaration
    from plate_llm_cli.rules.base import Rule

_OWN: Final = "plate-llm.toml"
_SHARED: Final = "pyproject.toml"


def unused_declarations(deployment: Deployment, ran: Sequence[Rule]) -> list[Finding]:
    """The entries that none of the rules, which have all run, asked for.

    Nothing is said where a part of the tree was not looked at: what it has may need them.
    """
    names = {rule.id for rule in ran}
    if UnusedExternal.id not in names or not _is_whole(deployment):
        return []
    _ask_for_secrets(deployment)
    left_out = [rule for rule in RULES if rule.id not in names]
    unasked = {kind for rule in left_out for kind in rule.asks_external}
    return [
        _finding(deployment, item) for item in deployment.external.idle if item.kind not in unasked
    ]


def _is_whole(deployment: Deployment) -> bool:
    looked_at = set(map(id, deployment.releases))
    everything = all(id(item) in looked_at for item in deployment.known.releases)
    return everything and not deployment.half_known and not deployment.set_problems


def _ask_for_secrets(deployment: Deployment) -> None:
    """Without a secrets spec no rule says that a Secret is missing; it is missed all the same."""
    for chain in deployment.secret_chains:
        if not chain.made and not chain.use.optional:
            deployment.external.has("Secret", chain.use.place[1], chain.use.secret)


def _finding(deployment: Deployment, unused: Declaration) -> Finding:
    return Finding(
        rule=UnusedExternal.id,
        severity=UnusedExternal.severity,
        message=f"nothing in the tree misses {unused.written}",
        help="remove the entry, or correct it where it was meant for something else",
        location=_location(deployment, unused.written),
        environments=deployment.names,
    )


def _location(deployment: Deployment, written: str) -> Location:
    """The text of the entry; where it is written with escapes, the setting."""
    tree = deployment.tree
    path = _OWN if tree.is_file(_OWN) else _SHARED
    lines = tree.text(path).splitlines()
    starts = (number for number, line in enumerate(lines) if line.lstrip().startswith("external"))
    setting = next(starts, 0)
    for number, line in enumerate(lines[setting:], setting + 1):
        for quoted in (f'"{written}"', f"'{written}'"):
            column = line.find(quoted) + 1
            if column:
                return Location(path, number, column, number, column + len(quoted))
    return Location(path, setting + 1, 1, setting + 1, 1)
