"""An API server that means harm, or is none: no answer of it ends us, holds us up, or gets more."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cluster import api as api_module
from plate_llm_cli.cluster import bounded, connection
from plate_llm_cli.cluster.api import Api
from plate_llm_cli.cluster.connection import Connection
from plate_llm_cli.cluster.kubeconfig import read_kubeconfig
from plate_llm_cli.cluster.objects import Ref, Selection
from plate_llm_cli.errors import ClusterError, ExpiredError, KubeconfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "canary-token-5b0c"  # noqa: S105 - of a double
REF = Ref("v1", "Pod", "default", "web")
KINDS = {"resources": [{"name": "pods", "kind": "Pod", "namespaced": True}]}
NO_SERVER = "does not answer as an API server does"


@dataclass
class Hostile:
    """Answers as `sends` says, but for the kinds of the core group."""

    url: str
    sends: Callable[[http.server.BaseHTTPRequestHandler], None]
    heard: list[str] = field(default_factory=list)

    def api(self, folder: Path, login: str = "") -> Api:
        """A connection with a token."""
        path = folder / "config"
        path.write_text(json.dumps(kubeconfig(self.url.replace("://", f"://{login}"))))
        known = read_kubeconfig({"KUBECONFIG": str(path)})
        return Api(Connection(lambda: known.configuration("stg"), "stg"))


def kubeconfig(server: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "stg",
        "contexts": [{"name": "stg", "context": {"cluster": "stg", "user": "me"}}],
        "clusters": [{"name": "stg", "cluster": {"server": server}}],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
    }


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    monkeypatch.setattr(connection, "_PAUSES", ())

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.heard.append(self.path)
            if self.path == "/api/v1":
                answer(KINDS)(self)
            else:
                made.sends(self)

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that goes away is nothing to print."""

    with Server(("127.0.0.1", 0), Handler) as server:
        made = Hostile(f"http://127.0.0.1:{server.server_port}", answer({}))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    """An answer with `data`, bytes or JSON."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()

    def send(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def trickle(line: bytes, pause: float, times: int, status: int = 200) -> Any:
    """An answer that comes bit by bit."""

    def send(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.send_response_only(status)
        handler.end_headers()
        for _ in range(times):
            try:
                handler.wfile.write(line)
            except OSError:
                return
            time.sleep(pause)

    return send


@pytest.mark.parametrize(
    "sent",
    [
        answer(b"[" * 100_000),
        answer(b'{"a": ' * 100_000),
        answer([1]),
        answer(b"\xff\xfe"),
        answer(b"9" * 5000),
        answer(gzip.compress(b" " * (8 << 20)), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["deep list", "deep object", "list", "bytes", "large number", "packed"],
)
def test_what_is_no_object(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: Any
) -> None:
    monkeypatch.setattr(connection, "_LARGEST", 4 << 20)
    hostile.sends = sent
    with hostile.api(tmp_path) as api, pytest.raises(ClusterError, match=NO_SERVER):
        api.get(REF)


def test_an_answer_without_end(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WHOLE_SECONDS", 0.2)
    hostile.sends = trickle(b" ", 0.02, 500)
    begun = time.monotonic()
    with hostile.api(tmp_path) as api, pytest.raises(ClusterError, match="not answer in time"):
        api.get(REF)
    assert time.monotonic() - begun < 2


def test_a_refusal_without_end(hostile: Hostile, tmp_path: Path) -> None:
    hostile.sends = trickle(b" ", 0.02, 500, status=500)
    begun = time.monotonic()
    with hostile.api(tmp_path) as api:
        api.connection.deadline = begun + 0.3
        with pytest.raises(ClusterError, match="HTTP 500"):
            api.get(REF)
    assert time.monotonic() - begun < 2


def test_a_refusal_of_any_size(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "_REFUSAL", 1000)
    said = json.dumps({"message": "no"}) + " " * (8 << 20) + "x"
    hostile.sends = answer(gzip.compress(said.encode()), 500, {"Content-Encoding": "gzip"})
    with hostile.api(tmp_path) as api, pytest.raises(ClusterError, match=r": no$"):
        api.get(REF)


def test_a_list_without_end(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_module, "_PAGES", 3)
    hostile.sends = answer({"items": [{}], "metadata": {"continue": "more"}})
    with (
        hostile.api(tmp_path) as api,
        pytest.raises(ClusterError, match="cannot list pods in default: the list does not end"),
    ):
        api.find("v1", "Pod", Selection("default"))
    assert len(hostile.heard) == 1 + 3


def test_a_watch_that_says_nothing_ends_in_time(hostile: Hostile, tmp_path: Path) -> None:
    hostile.sends = trickle(b'{"type": "BOOKMARK"}\n', 0.02, 500)
    begun = time.monotonic()
    with hostile.api(tmp_path) as api:
        api.connection.deadline = begun + 0.3
        assert list(api.watch(REF, "1", 5)) == []
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("line", [b"garbage\n", b"[\n", b"[" * 100_000 + b"\n", b"x" * 5000])
def test_a_watch_of_something_else(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    monkeypatch.setattr(api_module, "_LONGEST_EVENT", 4000)
    hostile.sends = answer(line)
    with (
        hostile.api(tmp_path) as api,
        pytest.raises(ClusterError, match="cannot watch Pod default/web: what comes is no event"),
    ):
        list(api.watch(REF, "1", 1))


@pytest.mark.parametrize("node", [None, "text", [], {"code": "410"}, {"code": None}])
def test_an_error_of_a_watch_that_is_none(hostile: Hostile, tmp_path: Path, node: Any) -> None:
    hostile.sends = answer(json.dumps({"type": "ERROR", "object": node}).encode() + b"\n")
    with hostile.api(tmp_path) as api, pytest.raises(ExpiredError):
        list(api.watch(REF, "1", 1))


@pytest.mark.parametrize("status", ["yes", [], 1, {"allowed": "true"}, None])
def test_what_is_not_allowed_in_so_many_words(
    hostile: Hostile, tmp_path: Path, status: Any
) -> None:
    hostile.sends = answer({"status": status})
    with hostile.api(tmp_path) as api:
        assert not api.may("get", REF)


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Jan 2026 00:00:00 GMT"])
def test_a_date_that_is_none(hostile: Hostile, tmp_path: Path, date: str) -> None:
    hostile.sends = answer({}, headers={"Date": date})
    with hostile.api(tmp_path) as api:
        assert api.get(REF) == {}


def test_no_token_goes_elsewhere(hostile: Hostile, tmp_path: Path) -> None:
    hostile.sends = answer({}, 307, {"Location": f"{hostile.url}/elsewhere"})
    with hostile.api(tmp_path) as api, pytest.raises(ClusterError, match="HTTP 307"):
        api.get(REF)
    assert "/elsewhere" not in hostile.heard


def test_a_version_of_the_tree_leads_nowhere_else(hostile: Hostile, tmp_path: Path) -> None:
    with hostile.api(tmp_path) as api:
        assert not api.has("../../api/v1/secrets?x=", "Pod")
    assert hostile.heard == ["/apis/%2E%2E/%2E%2E/api/v1/secrets%3Fx%3D"]


def test_a_password_in_the_address_is_not_said(hostile: Hostile, tmp_path: Path) -> None:
    hostile.sends = answer([])
    with (
        hostile.api(tmp_path, "alice:canary-3f@") as api,
        pytest.raises(ClusterError, match=f"{hostile.url} {NO_SERVER}"),
    ):
        api.get(REF)


def test_a_context_that_leads_elsewhere_meanwhile(hostile: Hostile, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig(hostile.url)))
    known = read_kubeconfig({"KUBECONFIG": str(path)})
    path.write_text(json.dumps(kubeconfig("https://other.example.com")))
    with pytest.raises(KubeconfigError, match="'stg' has got another address meanwhile"):
        known.configuration("stg")
