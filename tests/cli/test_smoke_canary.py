"""Tokens and the key that signs them are told to the service alone, whatever answers in its place.

Looked through: stdout, stderr, and every file below HOME, TMPDIR, the tree and the reports. Looked
for: the token, its signature, the key; as they are, backwards, and packed.
"""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from plate_llm_cli.smoke.tokens import Tokens
from tests.cli.deployments import ours
from tests.service.running import Service
from tests.smoke import ca
from tests.smoke.hostile import answering, hostile

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Call, Tree
    from tests.secrets.fixtures import Bao

__all__ = ["ours"]

KEY = "Zk9vLw4Xc1Rt8Pb5Nd3MqQ7Hq2canary-of-the-key"
OPAQUE = "opaque.Canary/7Hq2Zk9+vLw4Xc1Rt8=Pb5Nd3M"
SIGNED = jwt.encode({"sub": "canary-person-7Hq2Zk9vLw4X"}, KEY, "HS256")
FORMATS = ("text", "json", "junit", "github", "markdown")
BOTH = pytest.mark.parametrize("token", [OPAQUE, SIGNED], ids=["opaque", "signed"])


@pytest.fixture(autouse=True)
def cage(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of its own for all that is written, and settings that make clients talkative."""
    del tree
    monkeypatch.setattr(tempfile, "tempdir", None)
    for name in ("HOME", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("OPENAI_LOG", "LANGCHAIN_VERBOSE"):
        monkeypatch.setenv(name, "debug")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-operator")
    return tmp_path


def forbidden(*secrets: str) -> list[str]:
    """What must be nowhere: of a signed token the signature, as the rest is no secret."""
    found = []
    for secret in secrets:
        part = secret.rpartition(".")[2] if secret.startswith("eyJ") else secret
        packed = base64.b64encode(part.encode()).decode().rstrip("=")
        found += [part, part[:24], part[-24:], part[::-1], packed[:-2], part.encode().hex()]
    return found


def check(text: str, *secrets: str) -> None:
    lower = text.lower()
    assert not [item for item in forbidden(*secrets) if item.lower() in lower]
    for item in secrets:
        assert json.dumps(item)[1:-1].replace("/", r"\/").lower() not in lower


def check_files(cage: Path, *secrets: str) -> None:
    for path in (path for path in cage.rglob("*") if path.is_file()):
        check(path.read_text("utf-8", "replace"), *secrets)


def echoing(how: str, status: bytes) -> Any:
    """An answer that repeats all of the request, wherever an answer has room for it.

    Only what needs no token gets what it wants, so that all else is tried.
    """
    healthy = answering(b'{"status": "ready", "version": "1.2.3"}')

    def behave(connection: socket.socket, request: bytes, ended: threading.Event) -> None:
        if b"Authorization" not in request:
            healthy(connection, request, ended)
            return
        head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
        line = " | ".join(head.split("\r\n"))
        given = next((item for item in head.split("\r\n") if item.startswith("Authoriz")), "")
        token = given.rpartition(" ")[2]
        said = {
            "plain": f"{token} {line}",
            "backwards": f"{token[::-1]} {line[::-1]}",
            "packed": base64.b64encode(line.encode()).decode(),
            "hex": line.encode().hex(),
            "cut": f"{token[:30]} {token[-30:]}",
        }[how]
        error = {"message": said, "code": token, "type": said}
        choice = {"message": {"content": "", "role": "assistant"}, "finish_reason": said}
        body = json.dumps(
            {
                "error": error if status != b"200" else None,
                "id": token,
                "data": [{"id": said, "owned_by": said}],
                "choices": [choice],
                "status": said,
                "reasons": [said],
                "version": said,
            }
        ).encode()
        if b"/v1/chat" in request.split(b"\r\n")[0] and b'"stream": true' in request:
            body = b"data: " + json.dumps({"error": error}).encode() + b"\n\n"
        fields = {
            "server": said,
            "location": f"https://other/{said}",
            "www-authenticate": said,
            "access-control-allow-origin": f"* {said}",
            "x-cache": said,
            "content-type": "text/event-stream" if body.startswith(b"data") else said,
            "content-length": str(len(body)),
        }
        rows = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        connection.sendall(b"HTTP/1.1 %s %s\r\n%s\r\n" % (status, said.encode(), rows.encode()))
        connection.sendall(body)

    return behave


@BOTH
@pytest.mark.parametrize("how", ["plain", "backwards", "packed", "hex", "cut"])
def test_a_server_that_repeats_all(
    how: str, token: str, cage: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", token)
    only = ("--skip", "no-token", "--skip", "oversized-body")  # 20 MB, to no other end
    for status in (b"200", b"400", b"401", b"503"):
        with hostile(echoing(how, status)) as port:
            url = f"http://127.0.0.1:{port}"
            names = FORMATS if status == b"401" else ("json",)
            for name in names:
                words = ("--token-env", "CANARY_TOKEN", "--format", name, "-v", *only)
                ended = call("smoke", "--url", url, *words)
                assert ended.code == 1, ended.err
                check(ended.out + ended.err, token)
    check_files(cage, token)


@BOTH
def test_a_page_that_repeats_all(token: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_TOKEN", token)
    page = f"<html><title>{token}</title></html>".encode()
    with hostile(answering(page, b"content-type: text/html\r\n")) as port:
        ended = call("smoke", "--url", f"http://127.0.0.1:{port}", "--token-env", "CANARY_TOKEN")
    assert ended.code == 1
    check(ended.out + ended.err, token)


def test_a_certificate_with_the_token_as_its_names(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = OPAQUE.replace("/", "-").replace("+", "-").replace("=", "-")
    monkeypatch.setenv("CANARY_TOKEN", token)
    (tmp_path / "ca").mkdir()
    issued = ca.authority(tmp_path / "ca").alone(token, f"{token}.test", organisation=token)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.chain, issued.key)
    with hostile(answering(b"{}"), context) as port:
        for name in FORMATS:
            words = ("--token-env", "CANARY_TOKEN", "--format", name)
            ended = call("smoke", "--url", f"https://127.0.0.1:{port}", *words)
            assert ended.code == 1
            check(ended.out + ended.err, token)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    settings = {"LLM_MODEL_NAME": "builtin:echo", "LLM_ENVIRONMENT": "staging"}
    started = Service(AUTH_JWT_SECRET=KEY, AUTH_AUDIENCE="plate-llm", **settings)
    yield started
    started.kill()


@pytest.fixture
def kept(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Bao:
    """OpenBao with the key."""
    monkeypatch.setenv("BAO_ADDR", bao.address)
    monkeypatch.setenv("BAO_TOKEN", bao.token)
    bao.server.done("POST", "secret/data/server/staging", {"data": {"JWT_SECRET": KEY}})
    return bao


@pytest.mark.usefixtures("ours", "kept")
@pytest.mark.parametrize("name", FORMATS)
def test_the_key_in_openbao(name: str, service: Service, cage: Path, call: Call) -> None:
    report = ("--format", name, "--output", str(cage / "report"))
    ended = call("smoke", "stg", "--url", service.url, "--check", "valid-token", *report)
    check(ended.out + ended.err, KEY)
    assert (cage / "report").exists()
    check_files(cage, KEY)


@pytest.mark.usefixtures("ours", "kept")
def test_a_server_that_knows_the_key(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    sign = Tokens._signed

    def noting(self: Tokens, changes: dict[str, Any]) -> Any:
        token = sign(self, changes)
        made.append(token.reveal())
        return token

    monkeypatch.setattr(Tokens, "_signed", noting)

    def behave(connection: socket.socket, request: bytes, ended: threading.Event) -> None:
        message = KEY if b"Authorization" in request else ""
        body = json.dumps({"error": {"message": f"{message} {made[-1:]}", "code": message}})
        head = f"HTTP/1.1 401 {KEY}\r\nserver: {KEY}\r\nwww-authenticate: a\r\n"
        connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
        del ended

    with hostile(behave) as port:
        checks = ("--check", "valid-token", "--check", "expired-token", "--check", "no-token")
        for name in FORMATS:
            url = f"http://127.0.0.1:{port}"
            ended = call("smoke", "stg", "--url", url, *checks, "--format", name)
            assert made
            check(ended.out + ended.err, KEY, *made)


@pytest.mark.parametrize("url", [f"http://user:{OPAQUE}@a", f"http://{OPAQUE}@a", f"//{OPAQUE}@"])
def test_an_address_with_a_password(url: str, call: Call) -> None:
    ended = call("smoke", "--url", url, "-v")
    assert ended.code == 2
    check(ended.out + ended.err, OPAQUE)


@pytest.mark.parametrize("value", [f"{OPAQUE} {OPAQUE}", f"{OPAQUE}\n{OPAQUE}", f"{OPAQUE}\xe9"])
def test_a_token_that_no_header_can_carry(
    value: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", value)
    ended = call("smoke", "--url", "http://127.0.0.1:1", "--token-env", "CANARY_TOKEN", "-v")
    assert ended.code == 2
    check(ended.out + ended.err, OPAQUE)


def test_a_token_in_place_of_the_variable(call: Call) -> None:
    ended = call("smoke", "--url", "http://127.0.0.1:1", "--token-env", OPAQUE, "-v")
    assert ended.code == 2
    check(ended.out + ended.err, OPAQUE)


def test_our_own_defect(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError(OPAQUE)

    monkeypatch.setenv("CANARY_TOKEN", OPAQUE)
    monkeypatch.setattr(Tokens, "good", broken)
    with hostile(answering(b'{"status": "alive"}')) as port:
        words = ("--token-env", "CANARY_TOKEN", "--check", "valid-token", "--verbose")
        ended = call("smoke", "--url", f"http://127.0.0.1:{port}", *words)
    assert ended.code == 70
    check(ended.out + ended.err, OPAQUE)
