"""Policies for people and for programs. They hold no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.report.untrusted import json_text, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plate_llm_cli.secrets.privileges.granting import Comparison, Proof
    from plate_llm_cli.secrets.privileges.policies import Policy


def policies_text(policies: Iterable[Policy]) -> str:
    """Each policy below its name, as `bao policy write` takes it."""
    blocks = [f"# policy {one_line(item.name)}\n{item.hcl}" for item in policies]
    return "".join(f"{visible(line)}\n" for line in "\n".join(blocks).splitlines())


def policies_json(policies: Iterable[Policy]) -> str:
    """The same for programs."""
    return json_text({"version": 1, "policies": [_policy(item) for item in policies]})


def _policy(policy: Policy) -> dict[str, Any]:
    grants = {path: list(may) for path, may in sorted(policy.grants.items())}
    return {"name": policy.name, "hcl": policy.hcl, "grants": grants}


def standing_text(compared: Iterable[Comparison]) -> str:
    """Which policies are new, differ, or are as they should be."""
    lines = []
    for item in compared:
        lines.append(f"{one_line(item.policy.name)}: {item.standing}")
        if item.standing != "same":
            lines += [f"  {line}" for line in item.difference.splitlines()[2:]]
    return "".join(f"{visible(line)}\n" for line in lines)


def proof_text(proof: Proof) -> list[str]:
    """What was found out about a policy, in lines."""
    name = one_line(proof.name)
    if proof.wrong:
        return [f"wrong: {name}: {one_line(text)}" for text in proof.wrong]
    if proof.unproven:
        return [
            f"warning: {name} is not proven, only read back: {one_line(proof.unproven)}",
            "  a token to prove it with takes root, or sudo on auth/token/create",
        ]
    return [f"{name} is proven: what it should, and none of the other paths"]


def granted_json(compared: Iterable[Comparison], proofs: Sequence[Proof], *, written: bool) -> str:
    """What was there, what was done, and what was found out about each policy, for programs."""
    known = {proof.name: proof for proof in proofs}
    return json_text(
        {
            "version": 1,
            "policies": [
                {
                    **_policy(item.policy),
                    "standing": item.standing.value,
                    "written": written and item.standing != "same",
                    **_proof(known.get(item.policy.name)),
                }
                for item in compared
            ],
        }
    )


def _proof(proof: Proof | None) -> dict[str, Any]:
    """`proven` is null where nobody tried."""
    tried = proof is not None and not (proof.unproven and not proof.wrong)
    wrong = list(proof.wrong) if proof else []
    return {"proven": not wrong if tried else None, "wrong": wrong}
