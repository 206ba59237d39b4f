"""Each way in which OpenBao is away or says no, in the words that a person reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.bao import dev_server, raft_cluster
from tests.secrets.openbao_refusals import (
    VALUE,
    Refusal,
    client,
    of_preflight,
    of_read,
    of_write,
    refusal,
)

if TYPE_CHECKING:
    from tests.secrets.fixtures import Bao


def test_sealed() -> None:
    with dev_server() as server:
        server.done("POST", "sys/seal")
        expected = Refusal(f"OpenBao at {server.address} is sealed", "run `bao operator unseal`")
        assert of_read(client(server.address)) == expected
        assert of_preflight(client(server.address)) == expected


def test_not_initialised() -> None:
    with raft_cluster(1, initialise=False) as (server,):
        opened = client(server.address, BAO_CACERT=str(server.ca))
        assert of_write(opened) == Refusal(
            f"OpenBao at {server.address} is not initialised", "run `bao operator init`"
        )


UNKNOWN = Refusal(
    "OpenBao does not know the token: it is wrong, expired, revoked or used up",
    "set BAO_TOKEN to a valid one, or run `bao login`",
)


def test_wrong_token(bao: Bao) -> None:
    assert of_read(client(bao.address)) == UNKNOWN
    assert of_preflight(client(bao.address)) == UNKNOWN


def test_token_that_ends_while_it_is_used(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/*" { capabilities = ["read"] }', ttl="1s")
    with client(bao.address, token) as opened:
        opened.preflight([bao.place("app")])
        deadline = time.monotonic() + 10
        while not opened._api._is_over() and time.monotonic() < deadline:
            time.sleep(0.02)
        told = refusal(lambda: opened.read(bao.place("app")))
    assert told == Refusal("the token for OpenBao has expired", UNKNOWN.hint)


def test_policy_denies_a_request(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/app" { capabilities = ["read"] }')
    with client(bao.address, token) as opened:
        assert opened.read(bao.place("app")).version == 0
        denied = refusal(lambda: opened.write(bao.place("app"), {"KEY": Secret(VALUE)}, 0))
    assert denied == Refusal(
        f"the token may not write {bao.mount}/data/app",
        "`plate-llm secrets policy ENV` prints the policies that are needed",
    )


def test_each_capability_that_is_lacking_is_named_at_once(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/app" { capabilities = ["read"] }')
    needs = {
        f"{bao.mount}/data/app": ("read", "update"),
        f"{bao.mount}/data/other": ("create", "read"),
    }
    with client(bao.address, token) as opened:
        denied = refusal(lambda: opened.require(needs))
    assert denied.message == "the token may not do all that is needed"
    assert denied.details == (
        f"update {bao.mount}/data/app",
        f"create or read {bao.mount}/data/other",
    )


def test_policy_denies_what_would_be_read(bao: Bao) -> None:
    token = bao.token_with('path "MOUNT/data/other" { capabilities = ["read"] }')
    denied = of_preflight(client(bao.address, token), bao.place("app"))
    assert denied.message == f"the token may not read {bao.mount}/data/app"


def test_no_mount(bao: Bao) -> None:
    expected = Refusal(
        "OpenBao has no KV mount nowhere/",
        "`bao secrets enable -path=nowhere -version=2 kv` makes it",
    )
    nowhere = Place("nowhere", "app")
    with client(bao.address, bao.token) as opened:
        assert refusal(lambda: opened.preflight([nowhere])) == expected
        assert refusal(lambda: opened.read(nowhere)) == expected
        assert refusal(lambda: opened.annotate(nowhere, {"a": "b"})) == expected
        assert refusal(lambda: opened.write(nowhere, {"KEY": Secret(VALUE)}, 0)) == expected


def test_no_mount_for_a_token_that_may_read_there(bao: Bao) -> None:
    token = bao.token_with('path "nowhere/data/app" { capabilities = ["read"] }')
    told = of_preflight(client(bao.address, token), Place("nowhere", "app"))
    assert told.message == "OpenBao has no KV mount nowhere/"


@pytest.fixture
def version_1(bao: Bao) -> str:
    mount = f"{bao.mount}-one"
    bao.server.done("POST", f"sys/mounts/{mount}", {"type": "kv", "options": {"version": "1"}})
    return mount


def test_mount_of_kv_version_1(bao: Bao, version_1: str) -> None:
    told = of_preflight(client(bao.address, bao.token), Place(version_1, "app"))
    assert told == Refusal(
        f"the mount {version_1}/ is KV version 1, version 2 is needed",
        f"`bao kv enable-versioning {version_1}` makes it version 2",
    )


def test_mount_that_holds_no_secrets(bao: Bao) -> None:
    told = of_preflight(client(bao.address, bao.token), Place("cubbyhole", "app"))
    assert told.message == "OpenBao has no KV mount cubbyhole/"


def test_write_that_seems_to_succeed_in_kv_version_1(bao: Bao, version_1: str) -> None:
    place = Place(version_1, "app")
    with client(bao.address, bao.token) as opened:
        told = refusal(lambda: opened.write(place, {"KEY": Secret(VALUE)}, 0))
    assert told.message == f"the mount {version_1}/ is KV version 1, version 2 is needed"


def test_namespace_that_is_not_there(bao: Bao) -> None:
    told = of_read(client(bao.address, bao.token, BAO_NAMESPACE="nowhere"))
    assert told.hint == "there is no such namespace: is BAO_NAMESPACE right?"


def test_too_large(bao: Bao) -> None:
    large = Secret(VALUE * (2 << 20))
    with client(bao.address, bao.token) as opened:
        told = refusal(lambda: opened.write(bao.place("app"), {"KEY": large}, 0))
    assert told == Refusal(
        f"too large for OpenBao: write {bao.mount}/data/app", "a path takes about 32 MB at most"
    )


def test_more_keys_than_a_path_can_have(bao: Bao) -> None:
    data = {f"KEY{number}": Secret(VALUE) for number in range(499)}
    with client(bao.address, bao.token) as opened:
        told = refusal(lambda: opened.write(bao.place("app"), data, 0))
        assert told.hint == "it takes 1000 strings at once: a path can have 498 keys"
        del data["KEY0"]
        assert opened.write(bao.place("app"), data, 0) == 1


def test_rate_limit(bao: Bao) -> None:
    quota = f"sys/quotas/rate-limit/{bao.mount}"
    bao.server.done("POST", quota, {"path": bao.mount, "rate": 1, "interval": "60s"})
    with client(bao.address, bao.token) as opened:
        opened.read(bao.place("app"))
        told = refusal(lambda: opened.read(bao.place("app")))
    bao.server.done("DELETE", quota)
    assert told == Refusal(
        f"OpenBao limits how often it is asked: read {bao.mount}/data/app", "try again later"
    )


def test_annotations_that_are_too_long(bao: Bao) -> None:
    bao.put("app", A="1")
    with client(bao.address, bao.token) as opened:
        told = refusal(lambda: opened.annotate(bao.place("app"), {"note": "x" * 513}))
    assert told.hint == "a path takes 64 annotations at most, each of 1 to 512 characters"


def test_annotations_of_what_is_not_there(bao: Bao) -> None:
    with client(bao.address, bao.token) as opened:
        told = refusal(lambda: opened.annotate(bao.place("app"), {"note": "x"}))
    assert told.message == f"{bao.mount}/app: nothing is stored there"
