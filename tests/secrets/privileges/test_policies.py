"""Policies: their text, and what it means to a real OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.privileges.granting import prove, write
from plate_llm_cli.secrets.privileges.policies import Policy, seeder_policy
from plate_llm_cli.secrets.spec import Prompt
from tests.secrets.specs import key_spec, spec_of

if TYPE_CHECKING:
    from tests.secrets.fixtures import Bao


def test_capabilities_and_paths_are_sorted() -> None:
    policy = Policy("x", "About it.", {"b": ("update", "create"), "a": ("read",)})
    assert policy.hcl == (
        "# About it.\n"
        "# Made by plate-llm secrets policy; changes here are lost.\n"
        "\n"
        'path "a" {\n'
        '  capabilities = ["read"]\n'
        "}\n"
        "\n"
        'path "b" {\n'
        '  capabilities = ["create", "update"]\n'
        "}\n"
    )


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("kv/data/a", {"read"}),
        ("kv/data/a/b", set()),
        ("kv/metadata/a/x", {"list"}),
        ("kv/metadata/a/own", {"read"}),
        ("kv/metadata/a/deep/x", {"patch"}),
        ("kv/metadata/a", set()),
    ],
)
def test_openbao_reads_a_policy_as_we_do(path: str, allowed: set[str], bao: Bao) -> None:
    grants: dict[str, tuple[str, ...]] = {
        "kv/data/a": ("read",),
        "kv/metadata/a/*": ("list",),
        "kv/metadata/a/own": ("read",),
        "kv/metadata/a/deep/*": ("patch",),
    }
    policy = Policy("ours", "", grants)
    with bao.client(bao.token_with(policy.hcl)) as client:
        found = client.capabilities([path])[path] - {"deny"}
    assert set(policy.allows(path)) == set(found) == allowed


def test_what_a_policy_lacks_is_found(bao: Bao) -> None:
    spec = spec_of(key_spec("a#k", Prompt(), mount=bao.mount))
    wanted = seeder_policy(f"{bao.mount}", spec)
    narrow = Policy(wanted.name, "", {f"{bao.mount}/data/a": ("read",)})
    with bao.client() as client:
        write(client, narrow)
        assert prove(client, wanted, spec).wrong == (
            f"it does not allow create, update on {bao.mount}/data/a",
            f"it does not allow patch, read on {bao.mount}/metadata/a",
        )
        write(client, wanted)
        assert prove(client, wanted, spec).wrong == ()


def test_what_a_policy_allows_beside_is_found_though_nobody_named_it(bao: Bao) -> None:
    spec = spec_of(key_spec("a#k", Prompt(), mount=bao.mount))
    wanted = Policy(f"{bao.mount}-x", "", {f"{bao.mount}/data/a": ("read",)})
    wide = Policy(wanted.name, "", {f"{bao.mount}/data/a*": ("read",)})
    with bao.client() as client:
        write(client, wide)
        assert prove(client, wanted, spec).wrong == (
            f"it allows read on {bao.mount}/data/a-plate-llm-probe",
            f"it allows read on {bao.mount}/data/a/plate-llm-probe",
        )
