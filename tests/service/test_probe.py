"""The probe, against answers that are as expected, others, and none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING

import pytest

from service.probe import command as probe

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


class Answers(BaseHTTPRequestHandler):
    """Answers with the status that the path names; remembers what it was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        status = self.path.strip("/").split("?")[0]
        self.send_response(int(status) if status.isdecimal() else 200)
        if status.startswith("3"):
            self.send_header("location", "/200")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        del arguments


@pytest.fixture
def asked() -> list[str]:
    Answers.asked = []
    return Answers.asked


@pytest.fixture
def site(asked: list[str]) -> Iterator[str]:
    del asked
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


Output = pytest.CaptureFixture[str]


def test_an_answer_as_expected_is_a_success(site: str, capsys: Output) -> None:
    assert probe.main(["--url", f"{site}/readyz"]) == 0
    assert capsys.readouterr() == (f"probe: {site}/readyz: status 200\n", "")


def test_another_status_is_a_failure(site: str, capsys: Output) -> None:
    assert probe.main(["--url", f"{site}/503"]) == 1
    assert capsys.readouterr() == ("", f"probe: {site}/503: status 503, expected 200\n")


def test_a_status_may_be_one_of_several(site: str, capsys: Output) -> None:
    assert probe.main(["--url", f"{site}/401", "--expect-status", "200,401"]) == 0
    assert probe.main(["--url", f"{site}/500", "--expect-status", "200,401"]) == 1
    assert capsys.readouterr().err.endswith("status 500, expected 200 or 401\n")


def test_a_redirect_is_not_followed(site: str, asked: list[str]) -> None:
    assert probe.main(["--url", f"{site}/302", "--expect-status", "302"]) == 0
    assert asked == ["/302"]


def test_the_query_is_sent_and_not_shown(site: str, asked: list[str], capsys: Output) -> None:
    assert probe.main(["--url", f"{site}/404?token=secret"]) == 1
    assert asked == ["/404?token=secret"]
    assert "secret" not in capsys.readouterr().err


def test_a_password_is_not_shown(site: str, capsys: Output) -> None:
    url = site.replace("://", "://user:secret@")

    assert probe.main(["--url", f"{url}/500"]) == 1
    assert capsys.readouterr().err == f"probe: {site}/500: status 500, expected 200\n"


def test_without_a_url_the_service_on_this_machine_is_asked(
    site: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", site.rpartition(":")[2])

    assert probe.main([]) == 0
    assert asked == ["/readyz"]


def test_nobody_who_listens_is_a_failure(capsys: Output) -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]

    assert probe.main(["--url", f"http://127.0.0.1:{closed}"]) == 1
    assert capsys.readouterr().err == (
        f"probe: http://127.0.0.1:{closed}/: no connection (Connection refused)\n"
    )


def test_no_answer_is_a_failure_in_time(port: int, capsys: Output) -> None:
    started = time.perf_counter()

    assert probe.main(["--url", f"http://127.0.0.1:{port}/", "--timeout", "0.05"]) == 1
    assert 0.04 < time.perf_counter() - started < 1
    assert capsys.readouterr().err.endswith(": no answer within 0.05 s\n")


def test_what_is_no_http_is_a_failure(capsys: Output) -> None:
    with create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0-secret\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        code = probe.main(["--url", url])
        thread.join()

    assert code == 1
    assert capsys.readouterr().err == f"probe: {url}: no answer of HTTP (BadStatusLine)\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--url", "ftp://secret"], "argument --url: must be an http:// or https:// URL"),
        (
            ["--url", "http://a:secret@:99999/"],
            "argument --url: must be an http:// or https:// URL",
        ),
        (["--timeout", "0"], "argument --timeout: must be a number of seconds, more than 0"),
        (["--timeout", "nan"], "argument --timeout: must be a number of seconds, more than 0"),
        (
            ["--expect-status", "ok"],
            "argument --expect-status: must be statuses, such as 200 or 200,204",
        ),
        (["more"], "unrecognized arguments: more"),
    ],
)
def test_wrong_use_has_an_exit_code_of_its_own(
    arguments: list[str], message: str, capsys: Output
) -> None:
    with pytest.raises(SystemExit) as caught:
        probe.main(arguments)

    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


def loaded_by(module: str, prefix: str) -> list[str]:
    """The modules whose name starts with `prefix`, after this one was imported."""
    script = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in json.loads(run.stdout) if name.startswith(prefix)]


def test_one_request_loads_little_of_the_service() -> None:
    assert loaded_by("service.probe.command", "service") == [
        "service",
        "service.probe",
        "service.probe.arguments",
        "service.probe.command",
        "service.probe.request",
    ]


def test_trying_a_whole_service_loads_nothing_that_it_is_made_of() -> None:
    loaded = loaded_by("service.probe.smoke", "")
    assert [name for name in loaded if name.startswith("service.") and "probe" not in name] == []
    assert {"jwt", "cryptography", "pydantic", "dataclasses", "asyncio"}.isdisjoint(loaded)


def test_it_is_a_command_of_the_service(site: str) -> None:
    run = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", "service", "probe", "--url", f"{site}/204", "--expect-status=204"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, f"probe: {site}/204: status 204\n")
