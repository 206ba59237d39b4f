"""What OpenBao holds, against what the spec asks for: by name, never by value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.secrets.server.stored import StoredState
from plate_llm_cli.secrets.values.forms import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.server.stored import Stored
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec
    from plate_llm_cli.secrets.values.forms import Fault
    from plate_llm_cli.source.nodes import Span

    Held = Mapping[Place, Mapping[str, Fault | None]]
    """By place the keys that are there, each with what is wrong with its value."""


class LackKind(StrEnum):
    """In which way OpenBao does not hold what the spec says."""

    ABSENT_PATH = "absent-path"
    ABSENT_KEY = "absent-key"
    BAD_VALUE = "bad-value"
    UNKNOWN_KEY = "unknown-key"


_RULES: Final = {
    LackKind.ABSENT_PATH: "absent-secret",
    LackKind.ABSENT_KEY: "absent-secret",
    LackKind.BAD_VALUE: "unusable-secret",
    LackKind.UNKNOWN_KEY: "unknown-secret",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """One difference; `span` is where the spec names what it is about."""

    kind: LackKind
    severity: Severity
    message: str
    help: str
    place: Place
    span: Span
    address: Address | None = None
    """None when it is about the whole path."""


def held_in(spec: Spec, stored: Mapping[Place, Stored]) -> Held:
    """What is there of the paths of `spec`; values are looked at and not kept."""
    return {
        path.place: {
            name: check(value, path.keys[name].form, path.keys[name].address)
            if name in path.keys
            else None
            for name, value in stored[path.place].data.items()
        }
        for path in spec.paths
        if stored[path.place].state is StoredState.LIVE
    }


def lacks(spec: Spec, held: Held, env: str) -> list[Lack]:
    """Every difference between `spec` and what is `held`, in the order of the spec.

    `env` is the environment as the person calls it, for the commands that hints name.
    """
    return [lack for path in spec.paths for lack in _at_path(path, held.get(path.place), env)]


def findings_of(spec: Spec, found: list[Lack], releases: tuple[str, ...]) -> list[Finding]:
    """`found` as findings at the lines of the spec, about `releases`."""
    return [
        Finding(
            _RULES[lack.kind],
            lack.severity,
            lack.message,
            lack.help,
            Location(spec.file.path, *lack.span),
            releases,
        )
        for lack in found
    ]


def _at_path(path: PathSpec, held: Mapping[str, Fault | None] | None, env: str) -> Iterator[Lack]:
    if held is None:
        if any(key.required for key in path.keys.values()):
            yield _absent_path(path, env)
        return
    for key in path.keys.values():
        if key.name not in held:
            if key.required:
                yield _absent_key(key, env)
        elif (fault := held[key.name]) is not None:
            yield _bad_value(key, fault, env)
    for name in held:
        if name not in path.keys:
            yield _unknown_key(path, name, env)


def _absent_path(path: PathSpec, env: str) -> Lack:
    help_text = f"plate-llm secrets seed {env} fills it"
    message = f"there is nothing at {path.place}"
    return Lack(LackKind.ABSENT_PATH, Severity.ERROR, message, help_text, path.place, path.span)


def _absent_key(key: KeySpec, env: str) -> Lack:
    return Lack(
        LackKind.ABSENT_KEY,
        Severity.ERROR,
        f"{key.address.in_full} is not there",
        f"plate-llm secrets seed {env} fills it",
        key.address.place,
        key.span,
        key.address,
    )


def _bad_value(key: KeySpec, fault: Fault, env: str) -> Lack:
    return Lack(
        LackKind.BAD_VALUE,
        Severity.ERROR if key.required else Severity.WARNING,
        f"{key.address.in_full} {fault.what}",
        f"plate-llm secrets seed {env} --overwrite {key.address} replaces it",
        key.address.place,
        key.span,
        key.address,
    )


def _unknown_key(path: PathSpec, name: str, env: str) -> Lack:
    return Lack(
        LackKind.UNKNOWN_KEY,
        Severity.INFO,
        f"{path.place} has a key {name} that the spec does not know",
        f"add it to the spec; plate-llm secrets seed {env} --prune would remove it",
        path.place,
        path.span,
    )
