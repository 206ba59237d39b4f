"""`python -m service probe smoke`: against the real service, and against what is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from socket import create_server
from typing import TYPE_CHECKING

import pytest

from service.probe import checks, command, smoke
from tests.service.probe_site import HEALTHY, NOT_HERE, REFUSED, events, site
from tests.service.running import ROOT, SECRET, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.probe_site import Answers

OURS = {"AUTH_JWT_SECRET": SECRET, "AUTH_AUDIENCE": "plate-llm", "AUTH_ISSUER": "http://plate-api"}
CHUNK = {"choices": [{"index": 0, "delta": {"content": "secret"}}]}
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def closed() -> Iterator[str]:
    """A service that asks for tokens."""
    running = Service(LLM_MODEL_NAME="builtin:echo-slow", **OURS)
    yield running.url
    running.kill()


@pytest.fixture(scope="module")
def open_to_all() -> Iterator[str]:
    """A service that asks for none."""
    running = Service(LLM_MODEL_NAME="builtin:echo", AUTH_MODE="none")
    yield running.url
    running.kill()


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*OURS, "AUTH_MODE", "PLATE_API_URL", "AUTH_SCOPES", "AUTH_TENANT_CLAIM"]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pod with `tests.withToken` is given."""
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)


def lines(capsys: Output) -> dict[str, str]:
    """What was said of each check; its summary as `probe`."""
    written = capsys.readouterr()
    assert written.err == ""
    *checked, summary = written.out.splitlines()
    said = {"probe": summary}
    for line in checked:
        head, _, text = line.partition(": ")
        verdict, name = head.split(" ")
        said[name] = f"{verdict}: {text}"
    return said


def wrong(answers: Answers, capsys: Output, *arguments: str) -> dict[str, str]:
    """What is said of checks that fail against a site."""
    with site(HEALTHY | answers) as url:
        assert smoke.main([url, *arguments]) == 1
    return {name: text for name, text in lines(capsys).items() if text.startswith("fail")}


@pytest.mark.usefixtures("key")
def test_everything_is_tried_where_the_key_is_known(closed: str, capsys: Output) -> None:
    assert command.main(["smoke", closed, "--expect-version", "0.1.0", "--chat"]) == 0
    *said, stream, summary = capsys.readouterr().out.splitlines()
    assert said == [
        "pass livez: status 200",
        "pass readyz: status 200",
        "pass version: 0.1.0",
        "pass no-token: status 401 (invalid_api_key)",
        "pass garbage-token: status 401 (invalid_api_key)",
        "pass unsigned-token: status 401 (invalid_api_key)",
        "pass forged-token: status 401 (invalid_api_key)",
        "pass malformed-body: status 401 (invalid_api_key)",
        "pass unknown-path: status 404 (not_found)",
        "pass valid-token: status 200",
        "pass expired-token: status 401 (invalid_api_key)",
        "pass wrong-audience: status 401 (invalid_api_key)",
        "pass chat: answered",
    ]
    assert stream.startswith("pass streaming: 14 chunks in ")
    assert summary.startswith(f"probe: {closed}/: 14 passed, 0 failed, 0 skipped in ")


def test_without_the_key_good_tokens_are_left_out(closed: str, capsys: Output) -> None:
    assert smoke.main([closed, "--expect-version", "0.1.0"]) == 0
    said = lines(capsys)
    assert said["forged-token"] == "pass: status 401 (invalid_api_key)"
    assert said["valid-token"] == "skip: AUTH_JWT_SECRET is not known here"
    assert said["chat"] == "skip: would cost tokens; --chat asks for it"


def test_a_service_that_asks_for_no_tokens_is_tried_without(
    open_to_all: str, capsys: Output
) -> None:
    assert smoke.main([open_to_all, "--expect-auth", "none", "--chat"]) == 0
    said = lines(capsys)
    assert said["no-token"] == "pass: status 200"
    assert said["malformed-body"] == "pass: status 400 (invalid_json)"
    assert said["forged-token"] == "skip: no token is asked for (AUTH_MODE is none)"
    assert said["chat"] == "pass: answered"


def test_auth_mode_of_the_environment_is_what_is_expected(
    open_to_all: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_MODE", "none")
    assert smoke.main([open_to_all]) == 0


def test_a_service_that_lets_in_everybody_is_found(open_to_all: str, capsys: Output) -> None:
    assert smoke.main([open_to_all]) == 1
    said = lines(capsys)
    tokens = ("no-token", "garbage-token", "unsigned-token", "forged-token")
    assert {said[name] for name in tokens} == {"fail: status 200, expected 401"}
    assert said["malformed-body"] == "fail: status 400 (invalid_json), expected 401"


def test_another_key_than_that_of_the_running_pods_is_found(
    closed: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("AUTH_JWT_SECRET", "another-secret-that-was-put-into-the-store")
    assert smoke.main([closed, "--chat"]) == 1
    said = lines(capsys)
    assert said["valid-token"] == (
        "fail: status 401 (invalid_api_key), expected 200: "
        "is it the AUTH_JWT_SECRET of the running pods?"
    )
    later = ("expired-token", "wrong-audience", "chat", "streaming")
    assert {said[name] for name in later} == {"skip: not tried, as valid-token failed"}


@pytest.mark.usefixtures("key")
def test_another_audience_than_that_of_the_service_is_found(
    closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_AUDIENCE", "plate-web")
    assert smoke.main([closed]) == 1


def test_another_release_is_found(closed: str, capsys: Output) -> None:
    assert smoke.main([closed, "--expect-version", "0.2.0"]) == 1
    assert lines(capsys)["version"] == "fail: 0.1.0, expected 0.2.0"


def test_it_is_a_command_of_the_service(closed: str) -> None:
    run = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", "service", "probe", "smoke", closed],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **OURS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1].split(" in ")[0] == (
        f"probe: {closed}/: 12 passed, 0 failed, 2 skipped"
    )
    assert SECRET not in run.stdout


def test_a_service_without_the_route_is_found(capsys: Output) -> None:
    assert wrong({}, capsys) == {
        "no-token": "fail: status 404, expected 401",
        "garbage-token": "fail: status 404, expected 401",
        "unsigned-token": "fail: status 404, expected 401",
        "forged-token": "fail: status 404, expected 401",
        "malformed-body": "fail: status 404, expected 401",
        "unknown-path": "fail: status 404, but not an error in OpenAI's form",
    }


def test_a_refusal_of_something_before_the_service_is_none_of_its_own(capsys: Output) -> None:
    found = wrong({"/v1/models": (401, "<html>secret</html>")}, capsys)
    assert found["no-token"] == "fail: status 401, but not an error in OpenAI's form"


@pytest.mark.usefixtures("key")
def test_a_list_of_models_that_is_none_is_found(capsys: Output) -> None:
    found = wrong({"/v1/models": (200, "<html>secret</html>")}, capsys)
    assert found["valid-token"] == "fail: status 200, but not a list of models"


@pytest.mark.parametrize(
    "version", [NOT_HERE, (200, "secret"), (200, {"version": 1}), (200, ["secret"])]
)
def test_a_version_that_is_none_is_found(version: object, capsys: Output) -> None:
    found = wrong({"/version": version}, capsys)["version"]
    assert found in (
        "fail: status 200, expected the version",
        "fail: status 404, expected the version",
    )


def test_nothing_of_what_was_said_is_repeated(capsys: Output) -> None:
    secret = {"error": {"message": "sk-1", "code": "sk-1"}}
    answers = {"/version": (200, {"version": "sk-1"}), "/livez": (500, secret)}
    with site(HEALTHY | answers | {"/v1/models": (500, secret)}) as url:
        assert smoke.main([url, "--expect-version", "0.1.0"]) == 1
    out = capsys.readouterr().out
    assert "sk-1" not in out
    assert "fail version: another release, expected 0.1.0\n" in out
    assert "fail livez: status 500, expected 200\n" in out


def test_a_server_that_never_answers_is_given_up_after_two_requests(capsys: Output) -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        started = time.perf_counter()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert smoke.main([url, "--timeout", "0.05"]) == 1
        assert time.perf_counter() - started < 1
    said = lines(capsys)
    assert said["livez"] == said["readyz"] == "fail: no answer within 0.05 s"
    assert said["version"] == "skip: not tried, as nothing answers"
    assert said["probe"].startswith(f"probe: {url}/: 0 passed, 2 failed, 12 skipped")


def test_an_answer_without_end_is_cut(capsys: Output) -> None:
    found = wrong({"/v1/models": (401, "x" * 3_000_000)}, capsys)
    assert found["no-token"] == "fail: status 401, but not an error in OpenAI's form"


def test_nesting_without_end_is_no_json(capsys: Output) -> None:
    found = wrong({"/v1/models": (401, "[" * 200_000)}, capsys)
    assert found["no-token"] == "fail: status 401, but not an error in OpenAI's form"


def streamed(answer: object, capsys: Output, held: float = 0) -> str:
    """What is said of a stream that is answered so, each answer after `held` seconds."""
    refused, whole = (400, REFUSED), (200, {"choices": ["any"]})
    answers: Answers = {"/v1/chat/completions": [refused, whole, answer]}
    with site(HEALTHY | answers, held) as url:
        smoke.main([url, "--chat", "--expect-auth", "none"])
    return lines(capsys)["streaming"]


def test_a_stream_in_more_than_one_piece_is_one(capsys: Output) -> None:
    said = streamed((200, events(CHUNK, CHUNK, {"choices": [], "usage": {}})), capsys)
    assert said.startswith("pass: 2 chunks in ")


def test_a_stream_that_was_put_into_one_piece_is_found(capsys: Output) -> None:
    assert streamed((200, events(CHUNK)), capsys) == "fail: one chunk, expected more"


def test_a_stream_that_was_held_back_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(checks, "HELD_SECONDS", 0.05)
    monkeypatch.setattr(checks, "AT_ONCE_SECONDS", 0.5)
    said = streamed((200, events(*[CHUNK] * 20)), capsys, held=0.1)
    assert said.startswith("fail: 20 chunks all at once, after 0.")
    assert said.endswith(" s: held back")


def test_a_model_that_thought_and_said_nothing_is_not_held_back(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(checks, "HELD_SECONDS", 0.05)
    monkeypatch.setattr(checks, "AT_ONCE_SECONDS", 0.5)
    said = streamed((200, events(CHUNK, CHUNK)), capsys, held=0.1)
    assert said.startswith("pass: 2 chunks in ")


def test_a_stream_that_breaks_is_found(capsys: Output) -> None:
    said = streamed((200, events(CHUNK, CHUNK, done=False)), capsys)
    assert said == "fail: ended after 2 chunks without [DONE]"


def test_a_stream_that_ends_in_an_error_is_found(capsys: Output) -> None:
    error = {"error": {"message": "secret", "code": "upstream_lost"}}
    said = streamed((200, events(CHUNK, error, done=False)), capsys)
    assert said == "fail: status 200 (upstream_lost), expected a stream"


def test_an_error_instead_of_a_stream_is_found(capsys: Output) -> None:
    said = streamed((502, {"error": {"message": "m", "code": "upstream_unauthorized"}}), capsys)
    assert said == "fail: status 502 (upstream_unauthorized), expected a stream"


def test_a_page_instead_of_a_stream_is_found(capsys: Output) -> None:
    said = streamed((200, "<html>\ndata: secret\n"), capsys)
    assert said == "fail: ended after 0 chunks without [DONE]"


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "PAUSE", 0.01)


@pytest.mark.usefixtures("_quick")
def test_it_waits_until_the_service_is_ready(capsys: Output) -> None:
    not_ready = (503, {"status": "not ready", "reasons": ["secret"]})
    answers = {"/readyz": [not_ready, not_ready, (200, {"status": "ready"})]}
    with site(HEALTHY | answers) as url:
        smoke.main([url, "--wait", "20"])
    assert lines(capsys)["readyz"] == "pass: status 200"


@pytest.mark.usefixtures("_quick")
def test_it_waits_until_the_release_is_there(capsys: Output) -> None:
    answers = {"/version": [(200, {"version": "0.1.0"}), (200, {"version": "0.2.0"})]}
    with site(HEALTHY | answers) as url:
        smoke.main([url, "--wait", "20", "--expect-version", "0.2.0"])
    assert lines(capsys)["version"] == "pass: 0.2.0"


@pytest.mark.usefixtures("_quick")
def test_a_wait_has_an_end(capsys: Output) -> None:
    found = wrong({"/readyz": (503, {"status": "not ready"})}, capsys, "--wait", "0.05")
    assert found["readyz"] == "fail: status 503, expected 200"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: URL"),
        (["ftp://secret"], "argument URL: must be an http:// or https:// URL"),
        (
            ["http://a:secret@b"],
            "argument URL: must be a URL without user, query and fragment",
        ),
        (["http://a?secret"], "argument URL: must be a URL without user, query and fragment"),
        (["http://a", "--wait", "-1"], "argument --wait: must be a number of seconds, 0 or more"),
        (
            ["http://a", "--timeout", "0"],
            "argument --timeout: must be a number of seconds, more than 0",
        ),
        (
            ["http://a", "--expect-version", ""],
            "argument --expect-version: must be a version, such as 1.2.3",
        ),
    ],
)
def test_wrong_use_has_an_exit_code_of_its_own(
    arguments: list[str], message: str, capsys: Output
) -> None:
    with pytest.raises(SystemExit) as caught:
        smoke.main(arguments)

    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")
