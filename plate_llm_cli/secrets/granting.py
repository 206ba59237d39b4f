"""Writes policies into OpenBao, and proves what they allow."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.connection import Login
from plate_llm_cli.secrets.openbao import OpenBao
from plate_llm_cli.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.policies import Policy

_NOTHING: Final = frozenset({"deny"})
_PROBE: Final = {"ttl": "60s", "explicit_max_ttl": "60s", "renewable": False}


class Standing(StrEnum):
    """How a policy in OpenBao compares with the one that is wanted."""

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
        return (
            Standing.SAME if self.present.strip() == self.policy.hcl.strip() else Standing.DIFFERENT
        )

    @property
    def difference(self) -> str:
        """What would change, as a unified diff; policies hold no secret."""
        before, after = self.present.splitlines(), self.policy.hcl.splitlines()
        return "\n".join(difflib.unified_diff(before, after, "in OpenBao", "wanted", lineterm=""))


def compare(bao: OpenBao, policies: Iterable[Policy]) -> list[Comparison]:
    """Each policy with what OpenBao has."""
    return [Comparison(policy, _present(bao, policy.name)) for policy in policies]


def _present(bao: OpenBao, name: str) -> str:
    text = bao.get(f"sys/policies/acl/{name}").data.get("policy", "")
    return text if isinstance(text, str) else ""


def write(bao: OpenBao, policy: Policy) -> None:
    """Write `policy`, over what is there."""
    bao.put(f"sys/policies/acl/{policy.name}", {"policy": policy.hcl})


def prove(bao: OpenBao, policy: Policy, others: Iterable[str]) -> list[str]:
    """What a token with `policy` alone may do beside what is wanted, or may not.

    `others` are paths of the API that it must not touch. The token lives for a minute at most.

    Raises:
        OpenBaoError: such a token cannot be made, by policy.
    """
    body = {"policies": [policy.name], "display_name": "plate-llm-probe", **_PROBE}
    token = Secret((bao.put("auth/token/create", body).body or {})["auth"]["client_token"])
    with OpenBao(replace(bao.connection, login=Login(token=token))) as probe:
        try:
            return list(_differences(probe, policy, others))
        finally:
            probe.put("auth/token/revoke-self", {})


def _differences(probe: OpenBao, policy: Policy, others: Iterable[str]) -> Iterator[str]:
    wanted = {path.replace("*", "probe"): frozenset(may) for path, may in policy.grants.items()}
    beside = [path for path in others if path not in wanted]
    found = probe.capabilities([*wanted, *beside])
    for path, may in wanted.items():
        if found[path] != may:
            yield f"{policy.name}: {', '.join(sorted(found[path]))} on {path}"
    for path in beside:
        if found[path] != _NOTHING:
            yield f"{policy.name}: {', '.join(sorted(found[path]))} on {path}, which is not its own"
