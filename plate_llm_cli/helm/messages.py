"""Requests as the worker reads them, and its answers as the engine gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.helm.engine import (
    RenderedDocument,
    Rendering,
    SetInteger,
    SetKind,
)
from plate_llm_cli.helm.failures import from_answer
from plate_llm_cli.helm.lint import messages_of, report_of_failure
from plate_llm_cli.helm.notes import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plate_llm_cli.helm.engine import LintReport, RenderFailure, RenderRequest, SetArgument

Message = dict[str, Any]


def request_message(do: str, request: RenderRequest, call: int) -> Message:
    """A request about a chart. `call` tells the worker how long a loaded chart may be kept."""
    return {
        "do": do,
        "call": call,  # also the number of the baseline that variants are compared with
        "chart": str(request.chart),
        "name": request.release_name,
        "namespace": request.namespace,
        "values": request.values,
        "integers": list(integer_routes(request.values)),
        "kube_version": request.capabilities.kube_version,
        "api_versions": request.capabilities.api_versions,
        "crds": request.include_crds,
        "skip_tests": request.skip_tests,
        "skip_schema": request.skip_schema,
        "strict": request.strict,
        "defer": False,  # True: do not check the schema, print the values instead
    }


def parse_message(argument: SetArgument) -> Message:
    """A `--set` argument to be parsed."""
    return {"do": "parse", "kind": argument.kind.value, "text": argument.text}


def rendering(answer: Message) -> Rendering:
    """What a chart came to."""
    documents = (RenderedDocument(*fields) for fields in answer["documents"])
    return Rendering(tuple(documents), notes_of(answer), tuple(answer["missing"]))


def unchecked(requests: Sequence[RenderRequest], answers: Sequence[Any]) -> list[list[int]]:
    """The places of the answers whose schema is still to be checked, those of a chart together."""
    places: dict[Path, list[int]] = {}
    for place, (request, answer) in enumerate(zip(requests, answers, strict=True)):
        if isinstance(answer, dict) and answer.get("unchecked") is not None:
            places.setdefault(request.chart, []).append(place)
    return list(places.values())


def refused(answers: Sequence[Any]) -> list[int]:
    """The places of what Helm refused: with a schema it may have refused something else before."""
    return [
        place
        for place, answer in enumerate(answers)
        if isinstance(answer, dict) and "refused" in answer
    ]


def notes_of(answer: Message) -> tuple[str, ...]:
    """What we have to say of the chart, then what Helm logged."""
    return (*answer["notes"], *readable(answer["logged"]))


def lint_report(answer: Any, request: RenderRequest) -> LintReport:
    """What `helm lint` says."""
    failure = from_answer(answer, request)
    if failure is not None:
        return report_of_failure(failure)
    return messages_of(answer["report"], request.chart)


def parsed(answer: Any, argument: SetArgument) -> dict[str, Any] | RenderFailure:
    """The values of a `--set` argument, its integers marked as such."""
    failure = from_answer(answer)
    if failure is not None:
        return failure
    values: dict[str, Any] = answer["values"]
    return marked(values) if argument.kind is SetKind.SET else values


def integer_routes(values: Any) -> Iterator[list[str | int]]:
    """Where `values` hold integers that came by `--set`."""
    items = values.items() if isinstance(values, dict) else enumerate(values)
    for step, value in items:
        if isinstance(value, dict | list):
            yield from ([step, *route] for route in integer_routes(value))
        elif value.__class__ is SetInteger:
            yield [step]


def marked(value: Any) -> Any:
    """`value` with its integers as `SetInteger`."""
    if isinstance(value, dict):
        return {key: marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item) for item in value]
    return SetInteger(value) if value.__class__ is int else value
