"""Objects that run into one, because no line `---` is between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.source.nodes import ProblemKind

if TYPE_CHECKING:
    from plate_llm_cli.source.nodes import Problem, SourceFile

_KEY: Final = re.compile(r"(apiVersion|kind)\s*:")


def lost_boundaries(rendered: SourceFile) -> list[Problem]:
    """Where in a rendered file another object begins inside one: its first repeated key."""
    doubled = [item for item in rendered.problems if item.kind is ProblemKind.DUPLICATE_KEY]
    if not doubled:
        return []
    lines = rendered.text.split("\n")
    begun: dict[str, list[Problem]] = {"apiVersion": [], "kind": []}
    for problem in doubled:
        key = _KEY.match(lines[problem.span.line - 1]) if problem.span.column == 1 else None
        if key:
            begun[key[1]].append(problem)
    pairs = zip(begun["apiVersion"], begun["kind"], strict=False)
    return [min(pair, key=lambda problem: problem.span.line) for pair in pairs]
