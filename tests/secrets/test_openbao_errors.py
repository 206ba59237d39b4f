"""Each way in which OpenBao is away or says no, in the words that a person reads."""

from __future__ import annotations

import datetime
import http.server
import logging
import socket
import ssl
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import OpenBaoError, UsageError
from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.connection import Options, Timing, resolve
from plate_llm_cli.secrets.openbao import OpenBao
from plate_llm_cli.secrets.secret import Secret
from plate_llm_cli.settings import Settings
from tests.secrets.bao import certificate_in, dev_server, free_port, raft_cluster
from tests.secrets.stubs import Reply, stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.secrets.fixtures import Bao

VALUE, TOKEN = "swordfish7f3aValue", "s.swordfish7f3aToken"
QUICK = Timing(connect=0.5, answer=0.3, patience=0.3, first=0.1)
PLACE = Place("secret", "server/staging")


def client(address: str, token: str = TOKEN, **environ: str) -> OpenBao:
    """A client that does not wait for long."""
    base = {"BAO_ADDR": address, "BAO_TOKEN": token}
    return OpenBao(replace(resolve(Settings(), base | environ, Options()), timing=QUICK))


@dataclass(frozen=True)
class Refusal:
    """What a person is told."""

    message: str
    hint: str
    details: tuple[str, ...] = ()


def refusal(act: Callable[[], object]) -> Refusal:
    """How `act` ends; neither value nor token may be in anything that could be shown."""
    with pytest.raises(OpenBaoError) as caught:
        act()
    error = caught.value
    shown = f"{error!r} {error} {error.hint} {error.details}"
    shown += "".join(traceback.format_exception(error))
    assert VALUE not in shown
    assert TOKEN not in shown
    return Refusal(error.message, error.hint, error.details)


def of_write(opened: OpenBao) -> Refusal:
    """How the write of the value ends."""
    with opened:
        return refusal(lambda: opened.write(PLACE, {"KEY": Secret(VALUE)}, 0))


def of_read(opened: OpenBao) -> Refusal:
    with opened:
        return refusal(lambda: opened.read(PLACE))


def of_preflight(opened: OpenBao, place: Place = PLACE) -> Refusal:
    with opened:
        return refusal(lambda: opened.preflight([place]))


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
        assert refusal(lambda: opened.history(nowhere)) == expected
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


@contextmanager
def tls_server(certificate: Path, private_key: Path) -> Iterator[str]:
    """A server with that certificate; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key)
    context_of = http.server.BaseHTTPRequestHandler
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), context_of) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@dataclass(frozen=True)
class Certificate:
    """One that a client should not accept, and what is said of it."""

    problem: str
    hint: str
    host: str = "localhost"
    days: int = 2
    trusted: bool = True


@pytest.mark.parametrize(
    "case",
    [
        Certificate(
            "its certificate is not trusted",
            "name the CA that signed it: BAO_CACERT=/path/to/ca.pem",
            trusted=False,
        ),
        Certificate(
            "its certificate is for another host",
            "use a name that the certificate has",
            host="bao.example.com",
        ),
        Certificate("its certificate has expired", "renew it; is the clock here right?", days=-1),
    ],
    ids=lambda case: case.problem,
)
def test_certificate_that_does_not_count(tmp_path: Path, case: Certificate) -> None:
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=case.days)
    certificate, private_key = certificate_in(tmp_path, case.host, ends)
    environ = {"BAO_CACERT": str(certificate)} if case.trusted else {}
    with tls_server(certificate, private_key) as address:
        told = of_write(client(address, **environ))
        assert told == Refusal(f"OpenBao at {address} cannot be reached: {case.problem}", case.hint)


def test_tls_to_a_port_without_it(bao: Bao) -> None:
    address = bao.address.replace("http:", "https:")
    assert of_write(client(address)) == Refusal(
        f"OpenBao at {address} cannot be reached: it does not speak TLS",
        "is it http:// instead of https://?",
    )


def test_plain_http_to_a_port_with_tls() -> None:
    with raft_cluster(1, initialise=False) as (server,):
        address = server.address.replace("https:", "http:")
        assert of_write(client(address)) == Refusal(
            f"OpenBao at {address} speaks TLS", "the address begins with https://"
        )


@pytest.mark.parametrize("content", ["", "no certificate\n"])
def test_ca_file_that_holds_no_certificate(tmp_path: Path, content: str) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(content)
    with pytest.raises(UsageError) as caught:
        client("https://127.0.0.1:1", BAO_CACERT=str(file))
    assert caught.value.message == f"the CA certificate {file} cannot be used"


def test_folder_of_cas() -> None:
    with raft_cluster(1) as (server,):
        assert server.ca is not None
        folder = server.home / "cas"
        folder.mkdir()
        (folder / "one.pem").write_bytes(server.ca.read_bytes())
        with client(server.address, server.token, BAO_CAPATH=str(folder)) as opened:
            assert opened.read(PLACE).version == 0


def test_nothing_listens() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    assert of_write(client(address)) == Refusal(
        f"OpenBao at {address} cannot be reached: nothing listens there",
        "is OpenBao running, and is the port right?",
    )


def test_name_that_nobody_knows() -> None:
    address = "https://openbao.invalid"
    assert of_write(client(address)) == Refusal(
        f"OpenBao at {address} cannot be reached: its name is not known",
        "is the address right, and is a VPN needed?",
    )


def test_no_answer_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert of_write(client(address)) == Refusal(
            f"OpenBao at {address} cannot be reached: no answer in time",
            "is a firewall in between, or is it overloaded?",
        )


def test_connection_that_is_cut() -> None:
    def cut() -> None:
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            with taken:
                taken.recv(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=cut, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert of_write(client(address)) == Refusal(
            f"OpenBao at {address} cannot be reached: the connection broke off",
            "run the command again",
        )
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_takes_neither_token_nor_value_along(status: int) -> None:
    with stub(Reply()) as other:
        location = {"Location": f"{other.address}/v1/secret?token={TOKEN}"}
        with stub(Reply(status, headers=location)) as first:
            told = of_write(client(first.address))
            to = other.address.removeprefix("http://")
            assert told.message == (
                f"OpenBao at {first.address} sends us elsewhere to {to}, which is not followed"
            )
        assert other.heard == []


@pytest.mark.parametrize("status", [200, 400, 401, 404, 405, 418, 500])
def test_page_that_is_not_openbao(status: int) -> None:
    with stub(Reply(status, b"<html>Log in ", "text/html", echo=True)) as page:
        expected = Refusal(
            f"what answers at {page.address} is not OpenBao (HTTP {status})",
            "is the address right, and is no login page in between?",
        )
        assert of_write(client(page.address)) == expected
        assert of_read(client(page.address)) == expected


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"1", b"\xff", b'"text"', b"[" * 100_000]
)
def test_answer_that_is_no_object(body: bytes) -> None:
    with stub(Reply(200, body)) as other:
        told = of_preflight(client(other.address))
        assert told.message == f"what answers at {other.address} is not OpenBao (HTTP 200)"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_gateway_that_reaches_nobody(status: int) -> None:
    with stub(Reply(status, b"<html>", "text/html", echo=True)) as gateway:
        assert of_write(client(gateway.address)) == Refusal(
            f"OpenBao at {gateway.address} is not available (HTTP {status}): "
            "write secret/data/server/staging",
            "what stands before it reaches no live node",
        )
        assert len(gateway.heard) > 1  # it was tried again


@pytest.mark.parametrize("status", [400, 403, 405, 500])
def test_error_that_repeats_the_request(status: int) -> None:
    body = f'{{"errors": ["1 error occurred: {VALUE} {TOKEN}"]}}'.encode()
    with stub(Reply(status, body)) as other:
        told = of_write(client(other.address))
    if status == 403:
        assert told.message == "the token may not write secret/data/server/staging"
    else:
        assert told == Refusal(
            f"OpenBao refuses to write secret/data/server/staging (HTTP {status})",
            "OpenBao's own log says why",
        )


def test_mount_in_its_first_moments_is_waited_for() -> None:
    said = b'{"errors": ["Upgrading from non-versioned to versioned data. This backend will ..."]}'
    with stub(Reply(400, said)) as starting:
        told = of_read(client(starting.address))
        assert told.message == (
            "OpenBao is still setting the mount up: read secret/data/server/staging"
        )
        assert len(starting.heard) > 1


def test_answer_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plate_llm_cli.secrets.transport.MAX_BYTES", 1000)
    with stub(Reply(200, b'{"initialized": true, "more": "' + b"x" * 2000 + b'"}')) as other:
        told = of_preflight(client(other.address))
        assert told.message == f"what answers at {other.address} is not OpenBao (HTTP 200)"


def proxied(address: str, proxy: str) -> OpenBao:
    environ = {"BAO_ADDR": address, "BAO_TOKEN": TOKEN, "HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    connection = resolve(Settings(), environ, Options(proxy=True))
    return OpenBao(replace(connection, timing=QUICK))


def test_proxy_of_the_environment_is_left_alone(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    with stub(Reply()) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        with client(bao.address, bao.token) as opened:
            opened.read(bao.place("app"))
        assert proxy.heard == []


def test_proxy_that_refuses() -> None:
    with stub(Reply(407, echo=True)) as proxy:
        told = of_write(proxied("https://openbao.example.com", proxy.address))
        assert told == Refusal(
            "OpenBao at https://openbao.example.com cannot be reached: "
            "the proxy does not let us through",
            "leave out --proxy, or mend the proxy",
        )
        assert [TOKEN in request for request in proxy.heard] == [False]


def test_proxy_gets_its_own_password_and_shows_none_of_it() -> None:
    with stub(Reply(407)) as proxy:
        address = proxy.address.replace("http://", f"http://user:{VALUE}@")
        of_write(proxied("https://openbao.example.com", address))
        (request,) = proxy.heard
        assert "proxy-authorization: basic dxnlcjpzd29yzgzpc2g3zjnhvmfsdwu=" in request.lower()


@pytest.mark.parametrize("address", ["proxy:3128", f"socks5://u:{VALUE}@host:1", "http://[::1"])
def test_proxy_address_that_cannot_be_used(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        proxied("https://openbao.example.com", address)
    assert caught.value.message == "--proxy: the proxy's address cannot be used"


def test_nothing_is_logged_of_a_request(bao: Bao, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), client(bao.address, bao.token) as opened:
        opened.write(bao.place("app"), {"KEY": Secret(VALUE)}, 0)
        opened.read(bao.place("app"))
    assert VALUE not in caplog.text
    assert bao.token not in caplog.text
