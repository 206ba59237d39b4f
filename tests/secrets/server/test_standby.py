"""A client that is connected to a standby of a real cluster, which lags behind the active node."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.server.openbao_errors import ConflictError
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings
from tests.secrets.bao import Server, raft_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIMES = 60


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Server]]:
    """The active node and two standbys."""
    with raft_cluster(3) as servers:
        yield servers


def connected_to(node: Server, **environ: str) -> OpenBao:
    base = {"BAO_ADDR": node.address, "BAO_TOKEN": node.token, "BAO_CACERT": str(node.ca)}
    return OpenBao(resolve(Settings(), base | environ, Options()))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_written_is_read(nodes: list[Server]) -> None:
    with connected_to(nodes[1]) as client:
        for number in range(TIMES):
            place = Place("secret", f"own/{number}")
            client.write(place, {"A": Secret(str(number))}, 0)
            assert client.read(place).data["A"].reveal() == str(number)


def test_what_was_annotated_is_read(nodes: list[Server]) -> None:
    place = Place("secret", "annotated")
    with connected_to(nodes[1]) as client:
        client.write(place, {"A": Secret("1")}, 0)
        for number in range(TIMES):
            client.annotate(place, {"note": str(number)})
            assert client.read(place).annotations == {"note": str(number)}


def test_after_a_conflict_the_other_writers_version_is_read(nodes: list[Server]) -> None:
    with connected_to(nodes[1]) as client:
        for number in range(TIMES // 3):
            path = f"others/{number}"
            nodes[0].done("POST", f"secret/data/{path}", {"data": {"A": "theirs"}})
            with pytest.raises(ConflictError):
                client.write(Place("secret", path), {"A": Secret("mine")}, 0)
            assert client.read(Place("secret", path)).data["A"].reveal() == "theirs"


def test_token_of_a_login_is_known_at_once(nodes: list[Server]) -> None:
    nodes[0].done("POST", "sys/auth/approle", {"type": "approle"})
    role = "auth/approle/role/seeder"
    nodes[0].done("POST", role, {"token_policies": ["default"]})
    login = {
        "role_id": nodes[0].done("GET", f"{role}/role-id")["data"]["role_id"],
        "secret_id": nodes[0].done("POST", f"{role}/secret-id", {})["data"]["secret_id"],
    }
    # What a standby has not heard of yet it does not know; a secret_id is used later than made.
    until(lambda: "approle/" in nodes[2].done("GET", "sys/auth"))
    # Five logins that fail would lock the role.
    secret_id = {"secret_id": login["secret_id"]}
    until(lambda: "data" in nodes[2].ask("POST", f"{role}/secret-id/lookup", secret_id)[1])
    environ = {f"BAO_{name.upper()}": value for name, value in login.items()}
    for _ in range(TIMES // 3):
        with connected_to(nodes[2], BAO_AUTH_METHOD="approle", **environ) as client:
            assert client.token().policies == ("default",)
