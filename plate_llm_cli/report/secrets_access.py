"""Auth roles for people and for programs. They hold no secret."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.untrusted import json_text, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.secrets.privileges.access import Role
    from plate_llm_cli.secrets.privileges.role_writing import RoleComparison


def roles_text(roles: Iterable[Role]) -> str:
    """The commands that would write each role."""
    return "".join(f"{command}\n" for role in roles for command in _commands(role))


def _commands(role: Role) -> list[str]:
    structured = any(isinstance(value, dict) for value in role.fields.values())
    found = [_as_json(role) if structured else _as_fields(role)]
    if role.role_id:
        found.append(_line("bao", "write", f"{role.path}/role-id", f"role_id={role.role_id}"))
    return found


def _as_fields(role: Role) -> str:
    fields = [_line(f"{name}={_value(value)}") for name, value in role.fields.items()]
    return " \\\n  ".join([_line("bao", "write", role.path), *fields])


def _as_json(role: Role) -> str:
    """A field of `bao write` cannot hold a map."""
    return f"{_line('bao', 'write', role.path, '-')} <<'EOF'\n{json.dumps(role.fields)}\nEOF"


def _line(*words: str) -> str:
    return one_line(shlex.join(words))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def roles_json(roles: Iterable[Role]) -> str:
    """The same for programs."""
    return json_text({"version": 1, "roles": [_role(role) for role in roles]})


def _role(role: Role) -> dict[str, Any]:
    found = {"method": role.method, "path": role.path, "policy": role.policy, "fields": role.fields}
    return found | ({"role_id": role.role_id} if role.role_id else {})


def _standing(item: RoleComparison) -> str:
    return "same" if item.same else "different" if item.exists else "new"


def role_differences_text(compared: Iterable[RoleComparison]) -> str:
    """Which roles are new, differ, or are as they should be."""
    lines = []
    for item in compared:
        lines.append(f"{one_line(item.role.path)}: {_standing(item)}")
        for found in item.differences:
            before = f"{json.dumps(found.there)} -> " if item.exists else ""
            lines.append(f"  {found.field}: {before}{json.dumps(found.wanted)}")
    return "".join(f"{visible(line)}\n" for line in lines)


def role_differences_json(compared: Iterable[RoleComparison], *, written: bool) -> str:
    """What was there and what was done, for programs."""
    listed = [
        {
            **_role(item.role),
            "standing": _standing(item),
            "written": written and not item.same,
            "differences": [
                {"field": found.field, "there": found.there, "wanted": found.wanted}
                for found in item.differences
            ],
        }
        for item in compared
    ]
    return json_text({"version": 1, "roles": listed})
