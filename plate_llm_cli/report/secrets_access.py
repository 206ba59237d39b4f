"""Policies and auth roles for people and for programs. They hold no secret."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.untrusted import json_text, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.secrets.access import Role, RoleComparison
    from plate_llm_cli.secrets.granting import Comparison
    from plate_llm_cli.secrets.policies import Policy


def policies_text(policies: Iterable[Policy]) -> str:
    """Each policy below its name, as `bao policy write` takes it."""
    blocks = [f"# policy {item.name}\n{item.hcl}" for item in policies]
    return "".join(f"{visible(line)}\n" for line in "\n".join(blocks).splitlines())


def policies_json(policies: Iterable[Policy]) -> str:
    """The same for programs."""
    listed = [
        {
            "name": item.name,
            "hcl": item.hcl,
            "grants": {path: list(may) for path, may in sorted(item.grants.items())},
        }
        for item in policies
    ]
    return json_text({"version": 1, "policies": listed})


def standing_text(compared: Iterable[Comparison]) -> str:
    """Which policies are new, differ, or are as they should be."""
    lines = []
    for item in compared:
        lines.append(f"{item.policy.name}: {item.standing}")
        if item.standing != "same":
            lines += [f"  {line}" for line in item.difference.splitlines()[2:]]
    return "".join(f"{visible(line)}\n" for line in lines)


def roles_text(roles: Iterable[Role]) -> str:
    """The command that would write each role."""
    return "".join(f"{_command(role)}\n" for role in roles)


def _command(role: Role) -> str:
    parts = [f"bao write {role.path}"]
    parts += [f"{name}={shlex.quote(_value(value))}" for name, value in role.fields.items()]
    return " \\\n  ".join(one_line(part) for part in parts)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def roles_json(roles: Iterable[Role]) -> str:
    """The same for programs."""
    listed = [{"method": role.method, "path": role.path, "fields": role.fields} for role in roles]
    return json_text({"version": 1, "roles": listed})


def role_differences_text(compared: Iterable[RoleComparison]) -> str:
    """Which roles are new, differ, or are as they should be."""
    lines = []
    for item in compared:
        state = "same" if item.same else "different" if item.exists else "new"
        lines.append(f"{item.role.path}: {state}")
        for name, there, wanted in item.differences:
            before = f"{json.dumps(there)} -> " if item.exists else ""
            lines.append(f"  {name}: {before}{json.dumps(wanted)}")
    return "".join(f"{visible(line)}\n" for line in lines)
