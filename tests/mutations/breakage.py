"""One thing that is broken in a copy of this repository's deployment, and what shall be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plate_llm_cli.findings import Finding


@dataclass(frozen=True, slots=True)
class Edit:
    """A file with `old` replaced; a whole new file where `old` is '', none where `new` is None."""

    path: str
    old: str = ""
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding at the `nth` line of a broken file that reads `line`, or begins so before a `…`."""

    found: str
    """Severity and rule, as `error unknown-value`."""
    path: str
    line: str
    says: str = ""
    """A part of the message."""
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Breakage:
    """What is broken, in words, how, and everything that is to be found then."""

    name: str
    edits: tuple[Edit, ...]
    expected: tuple[Expected, ...]
    gap: str = ""
    """Why it is not found yet, or not as it should be."""


def broken(
    name: str, edits: Edit | tuple[Edit, ...], *expected: Expected, gap: str = ""
) -> Breakage:
    """A row of a table."""
    return Breakage(name, (edits,) if isinstance(edits, Edit) else edits, expected, gap)


def rows(breakages: Iterable[Breakage]) -> pytest.MarkDecorator:
    """Makes a test of every breakage; one that is a gap has to fail."""
    params = [
        pytest.param(
            row,
            id=row.name.replace(" ", "-"),
            marks=[pytest.mark.xfail(reason=row.gap, strict=True)] if row.gap else [],
        )
        for row in breakages
    ]
    return pytest.mark.parametrize("breakage", params)


def text_with(edit: Edit, before: str | None) -> str | None:
    """The file's text after `edit`; what is replaced has to be there once."""
    if not edit.old:
        assert (before is None) != (edit.new is None), f"{edit.path}: is there, or is not"
        return edit.new
    assert before is not None, f"{edit.path}: is not there"
    assert before.count(edit.old) == 1, (
        f"{edit.path}: {edit.old!r} is there {before.count(edit.old)} times"
    )
    return before.replace(edit.old, edit.new or "")


def in_words(findings: Iterable[Finding]) -> list[str]:
    """A line a finding: where, how bad, which rule."""
    return [
        f"{item.location.path}:{item.location.line} {item.severity} {item.rule}"
        for item in findings
    ]


def place(root: Path, expected: Expected) -> str:
    """What `in_words` says of the finding."""
    lines = (root / expected.path).read_text("utf-8").splitlines()
    whole, begun = expected.line, expected.line.removesuffix("…")
    numbers = [
        number
        for number, line in enumerate(lines, 1)
        if line.strip() == whole or (begun != whole and line.strip().startswith(begun))
    ]
    assert len(numbers) >= expected.nth, f"{expected.path}: no line {expected.line!r}"
    return f"{expected.path}:{numbers[expected.nth - 1]} {expected.found}"
