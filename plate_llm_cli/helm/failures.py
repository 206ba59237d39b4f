"""From what Helm said, or how it ended, to a `RenderFailure` that says where and what."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm import schema_errors, template_errors
from plate_llm_cli.helm.engine import FailureKind, RenderFailure
from plate_llm_cli.helm.notes import readable
from plate_llm_cli.helm.template_positions import refine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.helm.engine import RenderRequest, TemplateFrame

_KINDS = {
    "release": FailureKind.RELEASE,
    "load": FailureKind.CHART,
    "chart": FailureKind.CHART,
    "values": FailureKind.VALUES,
    "render": FailureKind.TEMPLATE,
    "output": FailureKind.OUTPUT,
    "panic": FailureKind.CRASH,
}
_OUTPUT = re.compile(r"YAML parse error on (?P<template>[^\n]+?): (?P<cause>.*)", re.DOTALL)
_YAML_LINE = re.compile(r"yaml: line (?P<line>\d+): ")
_GO_YAML = re.compile(r"^(?:error converting YAML to JSON: )?yaml: (?:line \d+: )?")
_GO_JSON = re.compile(
    r"error unmarshaling JSON: .*json: cannot unmarshal (?P<found>\w+) into Go "
    r"(?:struct field \.?(?P<field>\S+)|value) of type (?P<wanted>\w+).*",
    re.DOTALL,
)
_MISMATCH = re.compile(
    r"^(?:chart dependencies processing failed: )?type mismatch on (\S+): .*", re.DOTALL
)
_RECURSION = ("stack overflow", "stack exceeds")
_MEMORY = ("out of memory", "cannot allocate memory", "malloc failed", "MemoryError")
_TPL_FRAMES = 4
"""Calls of `tpl` in one trace that no chart has which ends."""


def from_answer(
    answer: dict[str, Any] | RenderFailure, request: RenderRequest | None = None
) -> RenderFailure | None:
    """The failure that a worker's answer stands for, or None."""
    if isinstance(answer, RenderFailure):
        return answer
    if "refused" not in answer:
        return None
    failure = from_refusal(answer["stage"], answer["refused"], request, answer["document"])
    notes = (*answer["notes"], *readable(answer["logged"]))
    return replace(_without_dependencies(failure, answer["missing"]), notes=notes)


def from_refusal(
    stage: str, text: str, request: RenderRequest | None = None, document: str = ""
) -> RenderFailure:
    """The failure for what Helm said in `stage`; `document` is the output it could not read."""
    if stage == "output":
        return _output_failure(text, document)
    if text.startswith(schema_errors.HEADING):
        return _schema_failure(text, request)
    error = template_errors.read(text) if stage == "render" else None
    if error is None:
        message = _MISMATCH.sub(r"\1 holds the values of a subchart, it must be a mapping", text)
        return RenderFailure(_KINDS.get(stage, FailureKind.CHART), message.strip())
    frames = tuple(refine(frame, request.chart) if request else frame for frame in error.frames)
    return _at(RenderFailure(FailureKind.TEMPLATE, error.cause, frames=frames), frames)


def from_crash(written: str) -> RenderFailure:
    """The failure for a worker that ended by itself; `written` is what Go left on stderr."""
    if any(sign in written for sign in _RECURSION) or written.count(".tplFun.") >= _TPL_FRAMES:
        cause = "templates call themselves without end through `tpl`"
    elif any(sign in written for sign in _MEMORY):
        cause = "the templates need more memory than a render may use"
    else:
        first = next((line for line in written.splitlines() if line.startswith("fatal")), "")
        cause = f"Helm crashed while it rendered the chart{first and f' ({first})'}"
    return RenderFailure(FailureKind.CRASH, cause)


def from_timeout(seconds: float) -> RenderFailure:
    """The failure for a render that was ended after `seconds`."""
    message = f"the chart was still rendering after {seconds:g} s: look for a loop without end"
    return RenderFailure(FailureKind.TIMEOUT, message)


def not_json(error: ValueError) -> RenderFailure:
    """The failure for values that have no JSON form, which Helm needs."""
    return RenderFailure(FailureKind.VALUES, f"the values cannot be written as JSON: {error}")


def _at(failure: RenderFailure, frames: Sequence[TemplateFrame]) -> RenderFailure:
    if not frames:
        return failure
    last = frames[-1]
    return replace(failure, template=last.template, line=last.line, column=last.column)


def _output_failure(text: str, document: str) -> RenderFailure:
    match = _OUTPUT.match(text)
    template, cause = (match["template"], match["cause"].strip()) if match else (None, text)
    line = _YAML_LINE.search(cause)
    number = int(line["line"]) if line else 1
    shown = _GO_JSON.sub(_wrong_type, _GO_YAML.sub("", cause))
    return RenderFailure(
        FailureKind.OUTPUT,
        f"{template} does not render to YAML: {shown}",
        template,
        output=document,
        output_line=number,
    )


def _wrong_type(match: re.Match[str]) -> str:
    wanted = "string" if match["wanted"] == "string" else "mapping"
    return f"{match['field'] or 'the document'} is of type {match['found']}, not a {wanted}"


def _schema_failure(text: str, request: RenderRequest | None) -> RenderFailure:
    violations = tuple(schema_errors.read(text))
    if not violations:
        said = text.removeprefix(schema_errors.HEADING).strip()
        return RenderFailure(FailureKind.CHART, f"values.schema.json cannot be used: {said}")
    chart = request.chart if request else Path()
    message = "; ".join(schema_errors.describe(violation, chart) for violation in violations)
    return RenderFailure(FailureKind.SCHEMA, message, violations=violations)


def _without_dependencies(failure: RenderFailure, missing: Sequence[str]) -> RenderFailure:
    """A chart that lacks a dependency fails for that, whatever Helm stumbles over then."""
    if not missing:
        return failure
    names = ", ".join(missing)
    message = (
        f"the chart needs {names}, which is not in its charts/ folder "
        f"(`helm dependency build` fetches it); without it: {failure.message}"
    )
    return replace(failure, kind=FailureKind.DEPENDENCY, message=message)
