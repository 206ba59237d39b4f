"""Fills in the older templates, `{{param}}`, and says what both kinds have in common.

Source: `Replace` of argo-cd `applicationset/utils/utils.go` and valyala/fasttemplate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_IS_TEMPLATE: Final = re.compile(r"\{\{.*\}\}")
MAX_TEXT: Final = 10 * 1024 * 1024
"""Characters that the templates of one set may come to."""


@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """A template and what to fill it in with."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Why a template could not be filled in; `line` is the line of it, from 1.

    `sure` where ArgoCD cannot do it either.
    """

    reason: str
    line: int = 1
    sure: bool = True
    help: str = ""


TOO_MUCH: Final = Unfilled("its templates come to too much text", sure=False)


class Templates(Protocol):
    """Fills in many templates at once."""

    def is_template(self, text: str) -> bool:
        """Whether `text` can come out as something else."""
        ...

    def fill(self, blanks: Sequence[Blank]) -> list[str | Unfilled]:
        """Each filled in, in the order of `blanks`."""
        ...


class OldTemplates:
    """`{{param}}`: a name in braces is replaced where there is a text of that name."""

    def is_template(self, text: str) -> bool:
        """As ArgoCD asks: braces on one line."""
        return _IS_TEMPLATE.search(text) is not None

    def fill(self, blanks: Sequence[Blank]) -> list[str | Unfilled]:
        """Each filled in; a name that is unknown stays with its braces."""
        left = MAX_TEXT
        found: list[str | Unfilled] = []
        for blank in blanks:
            filled = _filled(blank, left) if left > 0 else None
            left -= len(filled) if isinstance(filled, str) else 0
            found.append(TOO_MUCH if filled is None else filled)
        return found


def _filled(blank: Blank, limit: int) -> str | Unfilled | None:
    """The text; None where it is longer than `limit`."""
    parts, rest, length = list[str](), blank.text, 0
    while True:
        before, opened, rest = rest.partition("{{")
        parts.append(before)
        if not opened:
            return "".join(parts)
        tag, closed, rest = rest.partition("}}")
        if not closed:
            line = blank.text.count("\n", 0, len(blank.text) - len(tag)) + 1
            return Unfilled("{{ without its }}", line)
        name = tag.strip()
        value = blank.parameters.get(name) if name else None
        parts.append(value if isinstance(value, str) else f"{{{{{tag}}}}}")
        length += len(parts[-1])
        if length > limit:
            return None
