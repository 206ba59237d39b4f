"""What OpenBao holds, against what the spec asks for: by name, never by value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.secrets.forms import Fault
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec
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


def lacks(spec: Spec, held: Held) -> list[Lack]:
    """Every difference between `spec` and what is `held`, in the order of the spec."""
    return [lack for path in spec.paths for lack in _at_path(path, held.get(path.place))]


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


def _at_path(path: PathSpec, held: Mapping[str, Fault | None] | None) -> Iterator[Lack]:
    if held is None:
        if any(key.required for key in path.keys.values()):
            yield _absent_path(path)
        return
    for key in path.keys.values():
        if key.name not in held:
            if key.required:
                yield _absent_key(key)
        elif (fault := held[key.name]) is not None:
            yield _bad_value(key, fault)
    for name in held:
        if name not in path.keys:
            yield _unknown_key(path, name)


def _absent_path(path: PathSpec) -> Lack:
    help_text = f"plate-llm secrets seed {path.environments[0]} fills it"
    message = f"there is nothing at {path.place}"
    return Lack(LackKind.ABSENT_PATH, Severity.ERROR, message, help_text, path.place, path.span)


def _absent_key(key: KeySpec) -> Lack:
    return Lack(
        LackKind.ABSENT_KEY,
        Severity.ERROR,
        f"{key.address.in_full} is not there",
        "`plate-llm secrets seed` fills what is missing",
        key.address.place,
        key.span,
        key.address,
    )


def _bad_value(key: KeySpec, fault: Fault) -> Lack:
    return Lack(
        LackKind.BAD_VALUE,
        Severity.ERROR if key.required else Severity.WARNING,
        f"{key.address.in_full} {fault.what}",
        f"`plate-llm secrets seed --overwrite {key.address}` replaces it",
        key.address.place,
        key.span,
        key.address,
    )


def _unknown_key(path: PathSpec, name: str) -> Lack:
    return Lack(
        LackKind.UNKNOWN_KEY,
        Severity.INFO,
        f"{path.place} has a key {name} that the spec does not know",
        "add it to the spec; `plate-llm secrets seed --prune` would remove it",
        path.place,
        path.span,
    )
