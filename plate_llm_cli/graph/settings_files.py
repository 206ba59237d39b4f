"""Files of settings that stand in a ConfigMap or a Secret: their lines, in any usual format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.credential_names import kind_of
from plate_llm_cli.source.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.given_texts import GivenText

_LINE: Final = re.compile(
    r"""\s*(?:export\s+)?["']?(?P<name>[A-Za-z][A-Za-z0-9_.-]{1,80})["']?\s*[:=]\s*"""
    r"""(?P<quote>["']?)(?P<text>[^\s"'#]{4,200})(?P=quote)[,;]?\s*"""
)
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Setting:
    """A name and its text; `span` is the line in the file, None where a chart rendered it."""

    name: str
    text: str
    span: Span | None


def settings_in(given: GivenText) -> Iterator[Setting]:
    """Every `name: text` and `name=text` that promises a credential, of a text of several lines."""
    if "\n" not in given.text.strip():
        return
    plain = given.manifest.chart is None and given.written == given.text
    lines = given.manifest.file.text.split("\n") if plain else []
    reached = given.manifest.node.span.line - 1
    for line in given.text.split("\n"):
        match = _LINE.fullmatch(line) if 5 < len(line) < _LONGEST else None
        if match is None or not kind_of(match["name"]):
            continue
        number = _next(lines, reached, line.strip())
        if number is None:
            lines, span = [], None  # no literal block: its lines are broken elsewhere
        else:
            column = len(lines[number]) - len(lines[number].lstrip()) + 1
            end = column + len(line.strip())
            span, reached = Span(number + 1, column, number + 1, end), number + 1
        yield Setting(match["name"], match["text"], span)


def _next(lines: list[str], start: int, wanted: str) -> int | None:
    found = (number for number in range(start, len(lines)) if lines[number].strip() == wanted)
    return next(found, None)
