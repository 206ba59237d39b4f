"""The JSON Schema of a chart's values, made from its model.

Draft 7: Helm takes it (3 and 4), and so do editors. Everything is written out in place, because a
draft 7 validator passes over what stands beside a `$ref`, descriptions for instance.

The model is the judge: what the schema refuses, the model refuses too. The model also knows what
does not go together, which the schema leaves to it and to the chart's templates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.values.registry import model_for

if TYPE_CHECKING:
    from plate_llm_cli.values.merge import Values

Schema = dict[str, Any]

_COPIED: Final[tuple[str, ...]] = (
    "type",
    "description",
    "enum",
    "const",
    "pattern",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "minItems",
)
_REFERENCE: Final = "#/$defs/"


def chart_schema(chart_name: str, defaults: Values | None = None) -> Schema | None:
    """The schema of the chart's values; None when it has no model.

    `defaults` are those of the chart's values.yaml. They go into the schema for editors, and say
    what a value file has to give: a field is required only where neither they nor a mapping left
    out provide it. Without `defaults`, all of them count as given.
    """
    model = model_for(chart_name)
    if model is None:
        return None
    raw = model.model_json_schema(by_alias=True)
    maker = _Maker(raw.get("$defs", {}), given=defaults is None)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made from the model by `plate-llm schema values`: change that instead.",
        "title": f"Values of the chart {chart_name}",
        **maker.convert(raw, {} if defaults is None else defaults),
    }


def schema_text(chart_name: str, defaults: Values | None = None) -> str | None:
    """The text of values.schema.json, the same for the same model and defaults."""
    schema = chart_schema(chart_name, defaults)
    if schema is None:
        return None
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class _Maker:
    """Turns pydantic's schema into one in place. `given`: every default counts as there."""

    definitions: dict[str, Schema]
    given: bool

    def convert(self, raw: Schema, default: object = _ABSENT) -> Schema:
        """`raw` without references and unions with null, and with the defaults."""
        plain = self._resolve(raw)
        schema: Schema = {key: plain[key] for key in _COPIED if key in plain}
        if "examples" in plain and default is _ABSENT:
            schema["examples"] = plain["examples"]
        if plain.get("type") == "array":
            # Lists are replaced whole: an item finds no defaults below it.
            schema["items"] = _Maker(self.definitions, given=False).convert(plain["items"])
        elif "properties" in plain:
            below = default if isinstance(default, dict) else {}
            schema |= self._mapping(plain, below)
        elif plain.get("type") == "object":
            schema |= self._free_mapping(plain)
        if "properties" not in plain and default is not _ABSENT:
            schema["default"] = default
        return schema

    def _resolve(self, raw: Schema) -> Schema:
        """`raw` with what it refers to; of a union with null, the other half."""
        options = [option for option in raw.get("anyOf", []) if option != {"type": "null"}]
        merged = {**(options[0] if options else {}), **raw}
        if "$ref" in merged:
            merged = {**self.definitions[merged["$ref"].removeprefix(_REFERENCE)], **merged}
        return merged

    def _mapping(self, plain: Schema, defaults: Values) -> Schema:
        needed = plain.get("required", [])
        properties = {}
        for name, raw in plain["properties"].items():
            schema = self.convert(raw, defaults.get(name, _ABSENT))
            properties[name] = schema if name in needed else _or_null(schema)
        missing = [name for name in needed if not self.given and defaults.get(name) is None]
        required = {"required": missing} if missing else {}
        return {"properties": properties, **required, "additionalProperties": False}

    def _free_mapping(self, plain: Schema) -> Schema:
        """A mapping with any keys, or with keys and values of one form."""
        if "patternProperties" in plain:
            # Not propertyNames: Helm would not say where the wrong name stands.
            forms = plain["patternProperties"].items()
            values = {pattern: _or_null(self.convert(value)) for pattern, value in forms}
            names = {"propertyNames": plain["propertyNames"]} if "propertyNames" in plain else {}
            return {"patternProperties": values, **names, "additionalProperties": False}
        if isinstance(plain.get("additionalProperties"), dict):
            return {"additionalProperties": _or_null(self.convert(plain["additionalProperties"]))}
        return {}


def _or_null(schema: Schema) -> Schema:
    """The same, or null: what takes a default away, and counts as not there."""
    if "type" not in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*types, "null"], **values}
