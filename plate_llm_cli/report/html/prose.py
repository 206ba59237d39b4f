"""Prose with `code` in it, and the Markdown of rules: parts that a template escapes and tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.report.untrusted import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 2000
"""Characters of a message or a help: one may quote a whole file."""
MOST_LINES = 20

_CODE = re.compile(r"(`[^`]+`)")
_FENCE = "```"

Part = tuple[bool, str]
"""Whether it is code, and text that is safe to show."""

Prose = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a rule's documentation: `kind` is `heading`, `text` or `code`."""

    kind: str
    prose: Prose


def prose_of(text: str) -> Prose:
    """`text` on one line; what stands between backticks is code."""
    parts = _CODE.split(one_line(_shortened(text)))
    return tuple(
        (bool(number % 2), part.strip("`") if number % 2 else part)
        for number, part in enumerate(parts)
        if part
    )


def lines_of(text: str) -> tuple[Prose, ...]:
    """`text` with its lines kept, but for empty ones; what is too much is counted or cut."""
    lines = [line for line in text[: LONGEST_TEXT * MOST_LINES].splitlines() if line.strip()]
    shown = [prose_of(line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(prose_of(f"and {len(lines) - MOST_LINES} more lines (--format json has them)"))
    return tuple(shown)


def blocks_of(markdown: str) -> Iterator[Block]:
    """The Markdown that rules are documented in: headings, paragraphs, code in fences."""
    for number, part in enumerate(re.split(rf"(?m)^{_FENCE}.*$", markdown)):
        if number % 2:
            code = part.strip("\n").splitlines()
            yield Block("code", ((True, "\n".join(map(visible, code))),))
            continue
        for paragraph in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=#)", part):
            yield from _paragraphs(paragraph.strip())


def _paragraphs(text: str) -> Iterator[Block]:
    if text.startswith("#"):
        heading, _, text = text.partition("\n")
        yield Block("heading", prose_of(heading.lstrip("# ")))
    if text.strip():
        yield Block("text", prose_of(text))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
