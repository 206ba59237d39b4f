"""Values against the values.schema.json that a chart of another tree ships.

Nothing is ever fetched: what a `$ref` to another file or host would say is not known, so that it
allows everything. The schema is checked by jsonschema_rs with a regular-expression engine that
needs linear time; a schema with look-around, which Helm could not compile either, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.source.violations import (
    ModelViolation,
    ViolationKind,
    label,
    near_name,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import ValidationError

    from plate_llm_cli.source.nodes import Plain, Route

_MASK: Final = "the value"
_TYPES: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


def remote_references(schema: Plain) -> list[str]:
    """The `$ref`s that lead out of the schema, sorted: what they say is not checked."""
    found: set[str] = set()
    _collect_remote(schema, found)
    return sorted(found)


def _collect_remote(part: Plain, found: set[str]) -> None:
    if isinstance(part, dict):
        target = part.get("$ref")
        if _is_remote(target):
            found.add(str(target))
        for value in part.values():
            _collect_remote(value, found)
    elif isinstance(part, list):
        for item in part:
            _collect_remote(item, found)


def check_against_schema(schema: Plain, values: Plain) -> list[ModelViolation]:
    """What `schema`, a chart's values.schema.json, refuses in `values`.

    A schema that cannot be used is one violation, of the document as a whole.
    """
    import jsonschema_rs  # noqa: PLC0415 - 30 ms, and few charts ship a schema

    try:
        validator = jsonschema_rs.validator_for(
            _standing_alone(schema),  # type: ignore[arg-type]  # what is no schema is refused
            mask=_MASK,
            retriever=_nothing,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return [_unusable("values.schema.json cannot be used", error)]
    try:
        errors = sorted(validator.iter_errors(values), key=lambda error: str(error.instance_path))
    except ValueError as error:
        return [_unusable("the values cannot be checked against values.schema.json", error)]
    return [found for error in errors for found in _translate(schema, error)]


def _unusable(what: str, error: Exception) -> ModelViolation:
    reason = str(error).partition("\n")[0]
    return ModelViolation((), f"{what}: {reason}")


def _standing_alone(part: Plain) -> Plain:
    """The schema without what refers to elsewhere: such a part allows everything."""
    if isinstance(part, dict):
        if _is_remote(part.get("$ref")):
            return {}
        return {key: _standing_alone(value) for key, value in part.items()}
    return [_standing_alone(item) for item in part] if isinstance(part, list) else part


def _is_remote(target: Plain) -> bool:
    return isinstance(target, str) and not target.startswith("#")


def _nothing(_uri: str) -> dict[str, Any]:
    """What stands in for a meta-schema that nobody knows."""
    return {}


def _translate(schema: Plain, error: ValidationError) -> Iterator[ModelViolation]:
    route: Route = tuple(error.instance_path)
    name, details = error.kind.name, error.kind.as_dict()
    if name == "additionalProperties":
        known = _siblings(schema, error)
        yield from (_unknown((*route, key), known) for key in details["unexpected"])
    elif name == "required":
        message = f"`{details['property']}` is missing, which the chart's schema requires"
        missing = (*route, details["property"])
        yield ModelViolation(missing, message, "", ViolationKind.MISSING_FIELD)
    elif name == "type":
        expected = " or ".join(_TYPES.get(kind, kind) for kind in details["types"])
        message = f"{label(route)} must be {expected}, not {type_name(error.instance)}"
        yield ModelViolation(route, message, "", ViolationKind.WRONG_TYPE)
    else:
        reason = _reason(name, details, error.message)
        yield ModelViolation(route, f"{label(route)} {reason}")


def _unknown(route: Route, known: list[str]) -> ModelViolation:
    near = near_name(str(route[-1]), known)
    hint = f"Did you mean `{near}`?" if near else ""
    message = f"the chart's schema knows no {label(route)}"
    return ModelViolation(route, message, hint, ViolationKind.UNKNOWN_FIELD)


def _reason(name: str, details: dict[str, Any], message: str) -> str:
    if name == "enum":
        return f"must be one of {', '.join(map(repr, details['options']))}"
    if name in ("anyOf", "oneOf"):
        return "fits none of the forms that the chart's schema allows"
    return f"does not fit the chart's schema: {message}"


def _siblings(schema: Plain, error: ValidationError) -> list[str]:
    """The properties that the schema knows beside an unexpected one; none behind a `$ref`."""
    part = schema
    for step in error.schema_path[:-1]:
        if isinstance(part, dict):
            part = part.get(str(step))
        elif isinstance(part, list) and isinstance(step, int) and step < len(part):
            part = part[step]
    properties = part.get("properties") if isinstance(part, dict) else None
    return list(properties) if isinstance(properties, dict) else []
