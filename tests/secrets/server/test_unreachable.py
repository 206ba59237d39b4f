"""OpenBao is away, or something else answers: TLS, DNS, redirects, proxies, silence."""

from __future__ import annotations

import datetime
import http.server
import logging
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings
from tests.secrets.bao import certificate_in, free_port, raft_cluster
from tests.secrets.openbao_refusals import (
    PLACE,
    QUICK,
    TOKEN,
    VALUE,
    Refusal,
    client,
    of_preflight,
    of_read,
    of_write,
)
from tests.secrets.stubs import Reply, stub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.secrets.fixtures import Bao


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
    monkeypatch.setattr("plate_llm_cli.secrets.server.transport.MAX_BYTES", 1000)
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
