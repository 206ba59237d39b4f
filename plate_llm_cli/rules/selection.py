"""Which rules run: `--select` and `--ignore` name rules, or beginnings of names with `*`."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.rules.base import Rule


def select(rules: Sequence[Rule], wanted: Sequence[str], ignored: Sequence[str]) -> list[Rule]:
    """The rules that match `wanted` (all, where it is empty) and not `ignored`.

    Each item may name several, separated by commas.

    Raises:
        UsageError: a name or pattern matches no rule.
    """
    wanted, ignored = _split(wanted), _split(ignored)
    for pattern in (*wanted, *ignored):
        if not any(fnmatchcase(rule.id, pattern) for rule in rules):
            raise UsageError(f"no rule {pattern!r}", _hint(pattern, rules))
    return [
        rule
        for rule in rules
        if (not wanted or _matches(rule, wanted)) and not _matches(rule, ignored)
    ]


def _split(patterns: Sequence[str]) -> list[str]:
    return [part.strip() for pattern in patterns for part in pattern.split(",") if part.strip()]


def find_rule(rules: Sequence[Rule], name: str) -> Rule:
    """The rule called `name`.

    Raises:
        UsageError: there is none.
    """
    for rule in rules:
        if rule.id == name:
            return rule
    raise UsageError(f"no rule {name!r}", _hint(name, rules))


def _matches(rule: Rule, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(rule.id, pattern) for pattern in patterns)


def _hint(name: str, rules: Sequence[Rule]) -> str:
    near = get_close_matches(name, [rule.id for rule in rules], 1)
    return f"did you mean {near[0]}?" if near else "plate-llm rules lists them"
