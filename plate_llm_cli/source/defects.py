"""What can be wrong with YAML that libyaml itself accepts, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.source.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES
from plate_llm_cli.source.nodes import Mapping, Problem, ProblemKind, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.source.nodes import Node, Scalar

MERGE: Final = "a merge key (<<) takes a mapping or a list of mappings"
_NOWHERE: Final = Span(1, 1, 1, 1)
"""Where the problem of a whole file stands."""


class StreamError(Exception):
    """Ends the reading of a stream; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def refused(reason: str, span: Span) -> Problem:
    """Well-formed YAML that does not become JSON."""
    return Problem(ProblemKind.REFUSED, f"Helm refuses this: {reason}", span)


def unreadable(reason: str) -> Problem:
    """A file that was not read at all."""
    reason = reason[:1].lower() + reason[1:]
    return Problem(ProblemKind.UNREADABLE, f"the file cannot be read: {reason}", _NOWHERE)


def too_large() -> Problem:
    """A file that was not parsed."""
    message = f"the file is larger than {MAX_BYTES // 2**20} MiB"
    return Problem(ProblemKind.LIMIT, message, _NOWHERE, help="Split it, or keep it elsewhere.")


def too_deep(span: Span) -> Problem:
    """A collection inside too many others."""
    message = f"nested more than {MAX_DEPTH} levels deep"
    return Problem(ProblemKind.LIMIT, message, span, help="Nothing past this point was read.")


def too_many_nodes(span: Span) -> Problem:
    """A stream too large to hold; `span` is where reading stopped."""
    message = f"more than {MAX_NODES:,} keys and values"
    return Problem(ProblemKind.LIMIT, message, span, help="Split the file.")


def alias_bomb(total: int, span: Span, anchor: Span) -> Problem:
    """Aliases that stand for far more than is written; Helm has such a limit too."""
    message = f"aliases blow this file up to {total:,} keys and values"
    return Problem(
        ProblemKind.LIMIT,
        message,
        span,
        ((anchor, "the anchor"),),
        "Helm refuses excessive aliasing. Write the values out.",
    )


def unknown_anchor(name: str, span: Span) -> Problem:
    """An alias to nothing."""
    return Problem(
        ProblemKind.SYNTAX,
        f"the alias *{name} has no anchor &{name} before it in this document",
        span,
        help="Quote a value that begins with `*`.",
    )


def recursive_alias(name: str, span: Span, anchor: Span) -> Problem:
    """A value that would contain itself without end."""
    message = f"the alias *{name} stands inside its own anchor"
    return Problem(ProblemKind.SYNTAX, message, span, ((anchor, "the anchor"),))


def complex_key(node: Node, source: str) -> Problem:
    """A mapping or a list as a key; `source` is the text around its first character."""
    what = "mapping" if isinstance(node, Mapping) else "list"
    if "{{" in source:
        message = "`{{` opens a mapping inside a mapping here; templates are not rendered in YAML"
        help_text = "Quote the whole value, or write what the template should give."
    else:
        message = f"a {what} is used as a key, which JSON and so Helm does not have"
        help_text = "Quote the key if it is meant as text."
    return Problem(ProblemKind.SYNTAX, message, node.span, help=help_text)


def duplicates(mapping: Mapping) -> Iterator[Problem]:
    """One problem for each key of `mapping` that stood before."""
    first: dict[str, Scalar] = {}
    for entry in mapping.entries:
        key = entry.key
        earlier = first.setdefault(entry.name, key)
        # Several `<<` in one mapping lose nothing: each is merged.
        if earlier is not key and not entry.merges:
            yield _duplicate(entry.name, key, earlier)


def _duplicate(name: str, key: Scalar, earlier: Scalar) -> Problem:
    written = "" if key.text == name else f" (written `{key.text}`)"
    return Problem(
        ProblemKind.DUPLICATE_KEY,
        f'the key "{name}"{written} is set more than once in this mapping',
        key.span,
        ((earlier.span, "first set here"),),
        "Helm takes the last one and drops the others without a word. Keep one.",
    )
