"""Writes auth roles once the person agrees, and hands out a secret_id."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.commands.secrets.granted import warn
from plate_llm_cli.commands.terminal import confirm
from plate_llm_cli.output import say, write_out
from plate_llm_cli.report.secrets_access import role_differences_json, role_differences_text
from plate_llm_cli.report.untrusted import one_line
from plate_llm_cli.secrets.privileges import role_writing
from plate_llm_cli.source.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.secrets.privileges.access import Role
    from plate_llm_cli.secrets.privileges.role_writing import RoleComparison
    from plate_llm_cli.secrets.server.openbao import OpenBao


@dataclass(frozen=True, slots=True, eq=False)
class ApplyingRoles:
    """Brings auth roles of `env` into OpenBao; `target` is where a secret_id goes, if anywhere."""

    bao: OpenBao
    env: str
    as_json: bool
    target: Path | None

    def carry_out(self, roles: list[Role], *, yes: bool, dry_run: bool) -> None:
        """Show what differs, ask, write, and read back.

        Raises:
            OpenBaoError: an auth method is not there, or OpenBao refuses.
        """
        compared = [role_writing.compare(self.bao, role) for role in roles]
        if not self.as_json:
            write_out(role_differences_text(compared))
        lacks = [lack for role in roles for lack in role_writing.lacks(self.bao, role, self.env)]
        for lack in dict.fromkeys(lacks):
            warn(lack)
        written = not dry_run and self._write(compared, yes=yes)
        if self.as_json:
            write_out(role_differences_json(compared, written=written))
        if written:
            for role in roles:
                self._hand_over(role)

    def _write(self, compared: list[RoleComparison], *, yes: bool) -> bool:
        """Write what differs; False when the person does not want it."""
        changing = [item for item in compared if not item.same]
        what = _what(len(changing), self.target is not None)
        if not what:
            return True
        if not confirm(f"Write {what} {self.bao.connection.address}?", yes=yes):
            return False
        for item in changing:
            role_writing.write(self.bao, item)
            say(f"{one_line(item.role.path)} is written")
        return True

    def _hand_over(self, role: Role) -> None:
        """The secret_id of an AppRole: into the file, or how to get it."""
        if role.method != "approle":
            return
        if self.target is None:
            path = shlex.quote(f"{role.path}/secret-id")
            say(one_line(f"its secret_id: bao write -wrap-ttl=10m -f {path}"))
            return
        token = role_writing.wrapped_secret_id(self.bao, role)
        write_atomically(self.target, f"{token.reveal()}\n", private=True)
        say(f"{self.target} holds a secret_id, wrapped: it can be fetched once, for 10 minutes")
        path = shlex.quote(f"{role.path}/role-id")
        mount = shlex.quote(role.mount)
        say(f"  export BAO_ROLE_ID=$(bao read -field=role_id {one_line(path)})")
        if role.mount != role.method:
            say(f"  export BAO_AUTH_MOUNT={one_line(mount)}")
        say(f"  export BAO_WRAPPED_SECRET_ID_FILE={one_line(shlex.quote(str(self.target)))}")
        say(f"  plate-llm secrets seed {self.env} --login approle")


def _what(roles: int, secret_id: bool) -> str:
    """What is asked about, as far as the address; '' for nothing."""
    written = f"{roles} role{'s' * (roles != 1)} to" if roles else ""
    return " and ".join(filter(None, (written, "get a new secret_id of" if secret_id else "")))
