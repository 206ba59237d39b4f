"""Writes policies into OpenBao, and proves what they allow. Loads hvac."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.privileges.policies import data, metadata
from plate_llm_cli.secrets.server.connection import Login
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.privileges.policies import Policy
    from plate_llm_cli.secrets.spec import Spec

_DENY: Final = "deny"
_PROBE: Final = {
    "ttl": "60s",
    "explicit_max_ttl": "60s",
    "renewable": False,
    "display_name": "plate-llm-probe",
}
"""A token that may ask what it may do: the policy `default`, which it has too, allows that."""


class Standing(StrEnum):
    """How something in OpenBao compares with what is wanted."""

    NEW = "new"
    DIFFERENT = "different"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A policy, and the text that OpenBao has under its name ('' where it has none)."""

    policy: Policy
    present: str

    @property
    def standing(self) -> Standing:
        """Whether there is something to write."""
        if not self.present:
            return Standing.NEW
        same = self.present.strip() == self.policy.hcl.strip()
        return Standing.SAME if same else Standing.DIFFERENT

    @property
    def difference(self) -> str:
        """What would change, as a unified diff; policies hold no secret."""
        before, after = self.present.splitlines(), self.policy.hcl.splitlines()
        return "\n".join(difflib.unified_diff(before, after, "in OpenBao", "wanted", lineterm=""))


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out about a policy in OpenBao."""

    name: str
    wrong: tuple[str, ...] = ()
    """What it allows beside what is wanted, or does not allow."""
    unproven: str = ""
    """Why only its text was compared, or ''."""


def compare(bao: OpenBao, policies: Iterable[Policy]) -> list[Comparison]:
    """Each policy with what OpenBao has."""
    return [Comparison(policy, _present(bao, policy.name)) for policy in policies]


def _path(name: str) -> str:
    return f"sys/policies/acl/{name}"


def _present(bao: OpenBao, name: str) -> str:
    text = bao.get(_path(name)).data.get("policy", "")
    return text if isinstance(text, str) else ""


def require(bao: OpenBao, changing: Iterable[Comparison]) -> None:
    """Refuse to go on unless the token may write all of `changing`.

    Raises:
        OpenBaoError: naming what it may not.
    """
    bao.require({_path(item.policy.name): ("update",) for item in changing})


def write(bao: OpenBao, policy: Policy) -> None:
    """Write `policy`, over what is there."""
    bao.put(_path(policy.name), {"policy": policy.hcl})


def prove(bao: OpenBao, policy: Policy, spec: Spec) -> Proof:
    """What a token with `policy` may do at every path of `spec`, the whole one, and beside them.

    The token lives for a minute at most. Without one, the text is read back and compared.
    """
    try:
        wrong = _try_out(bao, policy, spec)
    except OpenBaoError as error:
        if _present(bao, policy.name).strip() != policy.hcl.strip():
            return Proof(policy.name, ("OpenBao has another text than was written",))
        return Proof(policy.name, unproven=error.message)
    return Proof(policy.name, tuple(wrong))


def _try_out(bao: OpenBao, policy: Policy, spec: Spec) -> list[str]:
    answer = bao.put("auth/token/create", {"policies": [policy.name], **_PROBE})
    token = Secret((answer.body or {})["auth"]["client_token"])
    with OpenBao(replace(bao.connection, login=Login(token=token))) as probe:
        try:
            return list(_differences(probe, policy, spec))
        finally:
            probe.put("auth/token/revoke-self", {})


def _differences(probe: OpenBao, policy: Policy, spec: Spec) -> Iterator[str]:
    found = probe.capabilities(_tried(policy, spec))
    for path, may in found.items():
        wanted = policy.allows(path)
        if more := may - wanted - {_DENY}:
            yield f"it allows {', '.join(sorted(more))} on {path}"
        if less := wanted - may:
            yield f"it does not allow {', '.join(sorted(less))} on {path}"


def _tried(policy: Policy, spec: Spec) -> Iterator[str]:
    """What is granted, what belongs to others, and names that nobody has given yet."""
    for path in policy.grants:
        yield path.replace("*", "plate-llm-probe")
    for place in (path.place for path in spec.paths):
        yield from (data(place), metadata(place))
        yield from (f"{data(place)}-plate-llm-probe", f"{data(place)}/plate-llm-probe")
