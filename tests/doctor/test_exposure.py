"""The way in: names and certificates, against real TLS on the loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from plate_llm_cli.doctor.checks import Findings, State
from plate_llm_cli.doctor.exposure import look_at_host, look_at_ingresses
from plate_llm_cli.graph.manifests import Manifest
from plate_llm_cli.source.reader import parse_text
from tests.secrets.bao import certificate_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plate_llm_cli.doctor.checks import Line
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.source.nodes import Mapping


@contextmanager
def secured(folder: Path, host: str, days: float) -> Iterator[tuple[int, Path]]:
    """A port where one connection gets a certificate for `host`, and that certificate."""
    ends = datetime.now(UTC) + timedelta(days=days)
    certificate, key = certificate_in(folder, host, ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            plain, _ = server.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(1)
            except OSError:
                return  # the client did not like what it saw
            finally:
                plain.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], certificate
        thread.join()


def looked_at(host: str, port: int, *, tls: bool = True) -> Line:
    found = Findings("ingress")
    look_at_host(found, host, tls=tls, port=port)
    (line,) = found.lines
    return line


CERTIFICATES = {
    "good": ("localhost", 60.5, State.OK, "127.0.0.1, certificate good for 60 days"),
    "few days left": ("localhost", 5.5, State.WARN, "127.0.0.1, certificate good for 5 days"),
    "over": ("localhost", -1, State.FAIL, "127.0.0.1: certificate has expired"),
}


@pytest.mark.parametrize(
    ("host", "days", "state", "said"), CERTIFICATES.values(), ids=CERTIFICATES.keys()
)
def test_certificates(  # noqa: PLR0917 - a table of them
    host: str,
    days: float,
    state: State,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with secured(tmp_path, host, days) as (port, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        line = looked_at("localhost", port)
    assert (line.state, _ipv4(line.said)) == (state, said)


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with secured(tmp_path, "other.example.com", 60) as (port, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        line = looked_at("localhost", port)
    assert line.state is State.FAIL
    assert "Hostname mismatch, certificate is not valid for 'localhost'" in line.said


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    with secured(tmp_path, "localhost", 60) as (port, _):
        line = looked_at("localhost", port)
    assert line.state is State.FAIL
    assert _ipv4(line.said) == "127.0.0.1: self-signed certificate"


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    line = looked_at("localhost", port)
    assert line.state is State.FAIL
    assert _ipv4(line.said) == f"127.0.0.1: port {port} does not answer (Connection refused)"


def test_a_name_that_is_not_known() -> None:
    line = looked_at("absent.invalid", 443)
    assert (line.state, line.advice) == (
        State.FAIL,
        "add its DNS record: the Ingress's address, which plate-llm status shows",
    )


@pytest.mark.parametrize("host", ["shop..example.com", f"{'a' * 64}.example.com"])
def test_what_can_be_no_name(host: str) -> None:
    line = looked_at(host, 443)
    assert (line.state, line.said) == (State.FAIL, "no name can be like this")


def test_without_tls_the_name_is_all() -> None:
    line = looked_at("localhost", 80, tls=False)
    assert (line.state, _ipv4(line.said)) == (State.OK, "127.0.0.1, without TLS")


def test_a_wildcard_is_no_host() -> None:
    assert looked_at("*.example.com", 443).state is State.SKIP


@pytest.mark.parametrize(
    "spec",
    ["{}", "[]", "{rules: web}", "{rules: [5, {host: 3}], tls: [a, {hosts: b}, {hosts: [4]}]}"],
)
def test_an_ingress_that_is_wrong_has_no_host(spec: str) -> None:
    file = parse_text(f"kind: Ingress\nspec: {spec}\n", "")
    broken = Manifest(cast("Release", None), file, cast("Mapping", file.root))
    (line,) = look_at_ingresses([broken]).lines
    assert (line.state, line.said) == (State.SKIP, "no Ingress with a host is rendered")


def _ipv4(said: str) -> str:
    """Some machines know localhost by two addresses."""
    return said.replace("::1, ", "").replace(", ::1", "")
