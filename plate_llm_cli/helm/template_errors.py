"""Reads what Go's template engine, in Helm's wording, says of an error in a template.

Three forms are in use (`pkg/engine/engine.go`): `parse error at (…)`, `execution error at (…)` for
what the chart's author says with `fail` and `required`, and a chain of frames, which Helm prints
on lines of their own as long as it understands them all, else as one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from plate_llm_cli.helm.engine import TemplateFrame

_PARSE = re.compile(
    r"parse error at \((?P<template>[^\n]+?):(?P<line>\d+)\): (?P<cause>.*)", re.DOTALL
)
_STARTED = re.compile(r" started at (?P<template>[^\n]+):(?P<line>\d+)$")
_EXECUTION = re.compile(
    r"execution error at \((?P<template>[^\n]+?):(?P<line>\d+):(?P<column>\d+)\): (?P<cause>.*)",
    re.DOTALL,
)
_FRAME = re.compile(
    r"(?:template: |^)(?P<template>[^\s:][^\n:]*):(?P<line>\d+)(?::(?P<column>\d+))?"
    r"(?:: |\n  )executing \"(?P<name>[^\n]*?)\" at <(?P<expression>[^\n]*?)>:(?: |\n    )",
    re.MULTILINE,
)
_CALL = re.compile(r"^error calling (?P<function>\w+):\s+")
_TPL = re.compile(
    r'^error during tpl function execution for ".*?": (?=template: |\S+ error at )', re.DOTALL
)
_PLAIN = (
    (
        r'template "(?P<name>.*?)" (?:associated with template "gotpl"|not defined)',
        'there is no template "{name}"',
    ),
    (
        r"rendering template has a nested reference name: (?P<name>.+?): unable to",
        'template "{name}" includes itself without end',
    ),
    (r"exceeded maximum template depth", "templates call themselves without end"),
    (
        r"nil pointer evaluating .*?(?P<field>\.[^\s.]+)$",
        "{expression}: nothing is set before {field}",
    ),
    (
        r"can't evaluate field (?P<field>\S+) in type .+$",
        "{expression}: what stands before .{field} is no mapping",
    ),
    (
        r'cannot parse template ".*": template: gotpl:(?P<line>\d+): (?P<cause>.*)$',
        "tpl was given a text that is no template: {cause} (line {line})",
    ),
)
_INSIDE_TPL = "gotpl"

_CHAIN = 12
"""Frames that are kept of a chain: as many tell how a template came to call itself."""


@dataclass(frozen=True, slots=True)
class TemplateError:
    """What went wrong in templates, and the way there: the last frame is where it happened."""

    cause: str
    frames: tuple[TemplateFrame, ...]


def read(text: str) -> TemplateError | None:
    """The error that `text` tells of, or None when it speaks of no template."""
    match = _PARSE.match(text)
    if match:
        return _parse_error(match)
    match = _EXECUTION.match(text)
    if match:  # Helm keeps the outermost frame alone
        return TemplateError(match["cause"].strip(), (_frame(match),))
    matches = list(_FRAME.finditer(text))
    if not matches:
        return None
    frames = [_frame(match) for match in matches]
    cause = text[matches[-1].end() :]
    return TemplateError(_cause(cause.strip(), frames[-1].expression), _shorten(frames))


def _parse_error(match: re.Match[str]) -> TemplateError:
    """Go names the end of the file for what is not closed, and in the text where it began."""
    cause = match["cause"].strip()
    started = _STARTED.search(cause)
    if started and started["template"] == match["template"]:
        cause, match = cause[: started.start()], started
    return TemplateError(cause, (TemplateFrame(match["template"], int(match["line"])),))


def _frame(match: re.Match[str]) -> TemplateFrame:
    found = match.groupdict()
    column = found.get("column")
    return TemplateFrame(
        found["template"],
        int(found["line"]),
        None if column is None else int(column),
        found.get("name") or "",
        found.get("expression") or "",
    )


def _shorten(frames: list[TemplateFrame]) -> tuple[TemplateFrame, ...]:
    """The way without what `tpl` made up, and without the middle of an endless one."""
    in_files = [frame for frame in frames if frame.template != _INSIDE_TPL]
    if len(in_files) > _CHAIN:
        in_files = in_files[: _CHAIN - 1] + in_files[-1:]
    return tuple(in_files)


def _cause(text: str, expression: str) -> str:
    """Helm's words without Go's wrapping."""
    while True:
        shorter = _TPL.sub("", _CALL.sub("", text))
        if shorter == text:
            break
        text = shorter
    execution = _EXECUTION.match(text)
    if execution:
        return execution["cause"].strip()
    return _plain(text, expression)


def _plain(text: str, expression: str) -> str:
    """The common causes in words that name the fault instead of Go's types."""
    for pattern, words in _PLAIN:
        match = re.search(pattern, text, re.DOTALL)
        if match:
            return words.format(expression=expression, **match.groupdict())
    return text
