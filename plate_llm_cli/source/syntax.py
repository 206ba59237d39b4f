"""Says in a person's words what libyaml has against a text, and where to look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from plate_llm_cli.source.blocks import BREAK
from plate_llm_cli.source.decoding import find_unprintable, place
from plate_llm_cli.source.nodes import Problem, ProblemKind, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yaml import Mark, MarkedYAMLError

_QUOTE: Final = "Quote the value."
_INDENT: Final = "Indent it as far as the lines that it belongs to."


class _Place(NamedTuple):
    """A line and a column from 0, as libyaml counts."""

    line: int
    column: int


class _Saying(NamedTuple):
    """A message, its help, and whether it is about the place where the construct began."""

    message: str
    help: str = ""
    at_start: bool = False


class _Case(NamedTuple):
    """A text that libyaml refused: at `at`, while it read what began at `start`."""

    lines: list[str]
    at: _Place
    start: _Place | None

    def line(self, number: int) -> str:
        """Line `number` (from 0), or '' outside the text."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def here(self) -> str:
        """The line that libyaml stopped in."""
        return self.line(self.at.line)

    @property
    def character(self) -> str:
        """The character that libyaml stopped at; '' at the end of a line."""
        return self.here[self.at.column : self.at.column + 1]

    @property
    def before(self) -> str:
        """The text of the line up to there."""
        return self.here[: self.at.column]

    @property
    def opener(self) -> str:
        """The character that the construct began with."""
        return self.line(self.start.line)[self.start.column :][:1] if self.start else ""


def syntax_problem(error: MarkedYAMLError, text: str, line: int, column: int) -> Problem:
    """The problem behind libyaml's `error` in `text`, whose lines start at `line` and `column`."""
    lines = BREAK.split(text)
    start = _place(lines, error.context_mark)
    case = _Case(lines, _place(lines, error.problem_mark) or start or _Place(0, 0), start)
    saying, where = _diagnose(case, error.problem or "", error.context or "")
    related = []
    if start is not None and start.line != where.line:
        related.append((_span(case, start, line, column), _began(error.context or "", case)))
    elif case.at.line != where.line:
        related.append((_span(case, case.at, line, column), "noticed here"))
    span = _span(case, where, line, column)
    return Problem(ProblemKind.SYNTAX, saying.message, span, tuple(related), saying.help)


def _inside(lines: list[str], place: _Place) -> _Place:
    """The place; where only blanks follow it in the text, the end of the last words instead."""
    rest = lines[place.line :]
    if rest and (rest[0][place.column :].strip() or any(line.strip() for line in rest[1:])):
        return place
    last = max((n for n, line in enumerate(lines[: place.line + 1]) if line.strip()), default=0)
    return min(place, _Place(last, len(lines[last].rstrip())))


def unprintable_problem(text: str, line: int, column: int) -> Problem:
    """The problem of a text that has characters which YAML does not allow."""
    match = find_unprintable(text)
    index = match.start() if match else 0
    row, start = place(text, index)
    row, start = row + line - 1, start + column - 1
    code = f"U+{ord(match[0]):04X}" if match else "a character"
    message = f"the character {code} is not allowed in YAML"
    help_text = 'Remove it; in double quotes it may be written as an escape such as "\\u0007".'
    return Problem(ProblemKind.SYNTAX, message, Span(row, start, row, start + 1), help=help_text)


def inner_marks(text: str, line: int, column: int) -> Iterator[Problem]:
    """Byte order marks at the start of a line, as when files were joined.

    go-yaml takes one as part of the key or value there.
    """
    for number, content in enumerate(BREAK.split(text)):
        if content.startswith("\ufeff"):
            span = Span(number + line, column, number + line, column + 1)
            message = "a byte order mark inside the file, which Helm takes as part of the text"
            yield Problem(ProblemKind.ENCODING, message, span, help="Remove it.")


def _place(lines: list[str], mark: Mark | None) -> _Place | None:
    return None if mark is None else _inside(lines, _Place(mark.line, mark.column))


def _span(case: _Case, where: _Place, line: int, column: int) -> Span:
    start = where.column + column
    end = start + (where.column < len(case.line(where.line)))
    return Span(where.line + line, start, where.line + line, end)


def _diagnose(case: _Case, problem: str, context: str) -> tuple[_Saying, _Place]:
    """What to say, and where to point."""
    for look in (_tab, _conflict):
        found = look(case, problem)
        if found is not None:
            return found
    saying = _SPECIAL[problem](case) if problem in _SPECIAL else _PLAIN.get(problem)
    saying = saying or _Saying(f"{problem} {context}".strip())
    if "{{" in case.here or (case.start and "{{" in case.line(case.start.line)):
        saying = saying._replace(help="Templates are not rendered here: quote `{{ ... }}`.")
    return saying, case.start if saying.at_start and case.start else case.at


def _tab(case: _Case, problem: str) -> tuple[_Saying, _Place] | None:
    indentation = re.match(r"[ \t]*", case.here)
    blanks = indentation[0] if indentation else ""
    if "\t" in blanks and ("tab" in problem or case.at.column <= len(blanks)):
        where = _Place(case.at.line, blanks.index("\t"))
    elif case.character == "\t" and "cannot start" in problem:
        where = case.at
    else:
        return None
    return _Saying("a tab is used as indentation", "Indent with spaces: YAML knows no tabs."), where


def _conflict(case: _Case, _problem: str) -> tuple[_Saying, _Place] | None:
    for number in (case.at.line, case.at.line - 1, case.start.line if case.start else -1):
        if re.match(r"<{7} |={7}$|>{7} ", case.line(number)):
            saying = _Saying("a merge conflict was left in the file", "Resolve it.")
            return saying, _Place(number, 0)
    return None


def _began(context: str, case: _Case) -> str:
    for word, name in _CONSTRUCTS.items():
        if word in context:
            return f"the {name} begins here"
    return "began here" if case.start else ""


_CONSTRUCTS: Final = {
    "block mapping": "mapping",
    "block collection": "list",
    "flow sequence": "`[`",
    "flow mapping": "`{`",
    "quoted scalar": "quoted value",
    "plain scalar": "value",
    "block scalar": "block of text",
}


def _no_key(case: _Case) -> _Saying:
    if case.before.strip():
        found = f" (`{case.character}`)" if case.character.strip() else ""
        return _Saying(f"something follows the end of the value{found}", "Quote the whole value.")
    if case.here.lstrip().startswith("- "):
        return _Saying("a list item stands where a key of the mapping is expected", _INDENT)
    return _Saying("this line's indentation fits nothing above it", _INDENT)


def _no_value(case: _Case) -> _Saying:
    """A `:` where no key can stand."""
    if re.search(r":\s", case.before):
        return _Saying("a value contains `: `", _QUOTE)
    if re.match(r"--- ", case.here):
        return _Saying("a mapping cannot begin in the line of `---`", "Start a line of its own.")
    above = case.line(case.at.line - 1)
    if above.strip() and ":" not in above and not above.lstrip().startswith(("#", "-")):
        return _Saying(
            "the line above has no `:`, so no key can follow", "Write it as `key: value`."
        )
    if len(case.here) - len(case.here.lstrip()) > len(above) - len(above.lstrip()):
        message = "this line is indented further than the one above, which has a value already"
        return _Saying(message, _INDENT)
    return _Saying("no key can stand here", "Check the indentation and the line above.")


def _no_colon(case: _Case) -> _Saying:
    line = case.line(case.start.line) if case.start else case.here
    if re.match(r"\s*[\w.-]+:\S", line):
        return _Saying("no space after the `:`", "Write `key: value`.", at_start=True)
    return _Saying("a line without `:` among the keys of a mapping", "Write `key: value`.", True)


def _no_end(case: _Case) -> _Saying:
    return _Saying(f"the quote {case.opener} is never closed", "", at_start=True)


def _no_bracket(case: _Case) -> _Saying:
    end = {"[": "]", "{": "}"}.get(case.opener, "]")
    at_end = not case.here[case.at.column :].strip()
    if at_end or (case.start and case.start.line < case.at.line):
        return _Saying(f"the `{case.opener}` is not closed by `{end}`", "", at_start=at_end)
    return _Saying(f"`,` or `{end}` is expected here", "")


def _no_start(case: _Case) -> _Saying:
    char = case.character
    return _Saying(f"a value cannot begin with `{char}`", _QUOTE)


def _no_content(case: _Case) -> _Saying:
    char = case.character
    found = f", not `{char}`" if char.strip() else ""
    return _Saying(f"a value is expected here{found}", _QUOTE if char in tuple("]},") else "")


def _no_name(case: _Case) -> _Saying:
    kind = "an alias" if case.opener == "*" else "an anchor"
    message = f"`{case.opener}` begins {kind}, and a name must follow it"
    return _Saying(message, _QUOTE, at_start=True)


_SPECIAL: Final[dict[str, Callable[[_Case], _Saying]]] = {
    "did not find expected key": _no_key,
    "mapping values are not allowed in this context": _no_value,
    "could not find expected ':'": _no_colon,
    "found unexpected end of stream": _no_end,
    "did not find expected ',' or ']'": _no_bracket,
    "did not find expected ',' or '}'": _no_bracket,
    "found character that cannot start any token": _no_start,
    "did not find expected node content": _no_content,
    "did not find expected alphabetic or numeric character": _no_name,
}

_ESCAPE: Final = "Double the backslash, or use single quotes."
_PLAIN: Final[dict[str, _Saying]] = {
    "did not find expected '-' indicator": _Saying(
        "a key stands where an item of the list is expected", _INDENT
    ),
    "block sequence entries are not allowed in this context": _Saying(
        "a list item cannot stand here", "Start the list on a line of its own."
    ),
    "mapping keys are not allowed in this context": _Saying(
        "`? ` begins a key, and none can stand here", _QUOTE
    ),
    "found unexpected document indicator": _Saying(
        "the quote is still open where a new document begins", "", at_start=True
    ),
    "found unknown escape character": _Saying("no such escape in double quotes", _ESCAPE),
    "did not find expected hexdecimal number": _Saying(
        "an escape in double quotes has too few hexadecimal digits", _ESCAPE
    ),
    "found invalid Unicode character escape code": _Saying(
        "an escape in double quotes names no character", _ESCAPE
    ),
    "did not find expected comment or line break": _Saying(
        "nothing but a comment can stand here",
        "Text of a `|` or `>` block starts on the next line.",
    ),
    "found an indentation indicator equal to 0": _Saying(
        "a block's indentation must be 1 to 9", "Leave the digit out."
    ),
    "found unknown directive name": _Saying(
        "`%` at the start of a line begins a directive, and YAML has none of this name",
        "Indent or quote it if it is a value.",
        at_start=True,
    ),
    "found incompatible YAML document": _Saying("%YAML 1.1 is the only version that is read"),
    "found undefined tag handle": _Saying("`!` begins a tag, and this one is not known", _QUOTE),
    "did not find expected <document start>": _Saying(
        "the document before has ended: a new one begins with `---`", "Add a line `---`, or indent."
    ),
}
