"""The contract between the service and whoever starts it: service/env-contract.json.

The chart injects exactly these variables, and `plate-llm` checks what an environment gives.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from service.settings import kinds
from service.settings.settings import Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

VERSION = 1


def contract() -> str:
    """The file's text. `default` is null where there is none, or where one would say nothing."""
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    variables = [_variable(name, fields[name]) for name in sorted(fields)]
    document = {"version": VERSION, "variables": variables}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _variable(name: str, field: FieldInfo) -> dict[str, Any]:
    return {
        "name": name,
        "required": field.is_required(),
        "secret": kinds.is_secret(field),
        "type": kinds.word(field),
        "default": None if field.is_required() else field.default,
        "description": field.description,
    }
