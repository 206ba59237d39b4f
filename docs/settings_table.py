"""The settings of the service as a table."""

from __future__ import annotations

import json

from service.settings.contract import contract


def table() -> str:
    """A Markdown table: a row a variable, in the order of the contract."""
    rows = [_row(variable) for variable in json.loads(contract())["variables"]]
    return "\n".join(["| variable | default | what it does |", "| --- | --- | --- |", *rows])


def _row(variable: dict[str, object]) -> str:
    name = f"`{variable['name']}`" + (" (secret)" if variable["secret"] else "")
    # Markdown takes what stands in angle brackets for HTML.
    description = str(variable["description"]).replace("<", "&lt;")
    return f"| {name} | {_default(variable)} | {description} |"


def _default(variable: dict[str, object]) -> str:
    if variable["required"]:
        return "required"
    default = variable["default"]
    return "" if default in (None, "") else f"`{json.dumps(default).strip(chr(34))}`"
