"""Chats through the official clients, and what is told of each way in which they fail."""

from __future__ import annotations

import http.server
import re
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.smoke.budget import Budget
from plate_llm_cli.smoke.check import untried
from plate_llm_cli.smoke.runner import chosen, run
from tests.smoke.checks.conftest import gateway
from tests.smoke.checks.signed import PLACE, checked, settings, signed
from tests.smoke.checks.stub import HTML, stub
from tests.smoke.nginx import HOST, ingress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.running import Service, Upstream
    from tests.smoke.ca import Authority

BOTH = pytest.mark.parametrize("check", ["chat-openai", "chat-langchain"])
LOG = "plate-llm status stg"
SECRETS = "plate-llm secrets check stg --live"


@BOTH
def test_client_gets_an_answer(service: Service, check: str) -> None:
    budget = Budget()
    verdict, said, _ = checked(check, signed(service.url, budget=budget))
    assert verdict == "pass"
    assert re.fullmatch(r"an answer in \d\.\d\d s", said)
    assert budget.spent == 97  # 17 of the question, 80 of the answer: the provider's own count


@BOTH
def test_client_gets_an_answer_where_no_token_is_asked_for(unguarded: Service, check: str) -> None:
    verdict, _, _ = checked(check, signed(unguarded.url, settings(AUTH_MODE="none")))
    assert verdict == "pass"


@BOTH
def test_client_connects_to_the_address_with_the_names_of_the_url(
    service: Service, authority: Authority, check: str
) -> None:
    certificate = authority.issue(HOST)
    with ingress(service.port, certificate=certificate, ca=authority.root) as way_in:
        verdict, _, _ = checked(check, signed(way_in.target))
    assert verdict == "pass"


@BOTH
@pytest.mark.parametrize(
    ("model", "said", "advice"),
    [
        (
            "unauthorized",
            "status 502, upstream_unauthorized: the provider refused the credentials of this "
            "service",
            f"the provider refuses OPENAI_API_KEY (from {PLACE}): {SECRETS}",
        ),
        (
            "limited",
            "status 429, rate_limit_exceeded: slower",
            "the provider's own limit, or the end of its account's money: see its console",
        ),
        (
            "unknown",
            "status 404, model_not_found: fake upstream error 404",
            "no such model: name one of GET /v1/models with --model; where the provider says so, "
            "look at llm.modelName and llm.models",
        ),
        (
            "lost",
            "status 502, upstream_lost: the connection to the provider was lost",
            "the provider, or something between, ends connections: try again, then look at the "
            "service's log",
        ),
        (
            "nonsense",
            "status 502, upstream_invalid: the provider's answer is no JSON",
            "what answers at llm.baseUrl does not speak OpenAI's language",
        ),
        ("incapable", "status 400: no-tools-here", LOG),
    ],
)
def test_failure_of_the_provider_is_told(
    service: Service, check: str, model: str, said: str, advice: str
) -> None:
    assert checked(check, signed(service.url, model=model)) == ("fail", said, advice)


@BOTH
def test_answer_without_a_text_is_a_failure(service: Service, check: str) -> None:
    verdict, said, _ = checked(check, signed(service.url, model="silent"))
    assert verdict == "fail"
    assert re.fullmatch(r"an answer without a text in \d\.\d\d s \(finish_reason stop\)", said)


@BOTH
def test_answer_that_was_thought_and_not_said_is_one(service: Service, check: str) -> None:
    verdict, said, _ = checked(check, signed(service.url, model="short"))
    assert verdict == "pass"
    assert said.endswith(" s, all of whose 16 tokens went into thinking")


@BOTH
def test_model_that_there_is_not_is_told(service: Service, check: str) -> None:
    verdict, said, advice = checked(check, signed(service.url, model="gpt-9"))
    assert verdict == "fail"
    assert said.startswith("status 404, model_not_found: The model `gpt-9` does not exist here;")
    assert advice.startswith("no such model: name one of GET /v1/models with --model;")


@BOTH
def test_nothing_is_asked_that_may_cost_too_much(service: Service, check: str) -> None:
    assert checked(check, signed(service.url, budget=Budget(20))) == (
        "skip",
        "would spend more than 20 tokens (--max-cost-tokens)",
        "",
    )


@BOTH
def test_impatience_of_a_proxy_is_told(service: Service, check: str) -> None:
    with ingress(service.port, read_seconds=1) as way_in:
        verdict, said, advice = checked(check, signed(way_in.target, model="hanging"))
    assert verdict == "fail"
    assert re.fullmatch(r"status 504 of nginx\S*", said)
    assert advice == (
        "the proxy waits too short: raise the annotation "
        "nginx.ingress.kubernetes.io/proxy-read-timeout"
    )


@BOTH
@pytest.mark.parametrize(
    "answer", [HTML, {"choices": []}, {"choices": None}, {"choices": [{}]}, [], {"object": "list"}]
)
def test_answer_of_something_else_is_a_failure(check: str, answer: object) -> None:
    with stub(answer) as url:
        verdict, said, advice = checked(check, signed(url))
    assert verdict == "fail"
    assert re.fullmatch(r"the client cannot read the answer \(\w+Error\)", said)
    assert advice == "does another service answer at this address?"


@BOTH
def test_redirect_is_not_followed(check: str) -> None:
    with stub(HTML, 307, {"location": "http://127.0.0.1:1/"}) as url:
        verdict, said, advice = checked(check, signed(url))
    assert (verdict, said[:11]) == ("fail", "status 307 ")
    assert advice == (
        "API clients are not redirected: give the address that the answer's location names"
    )


@BOTH
def test_lost_connection_is_told(check: str) -> None:
    with stub(HTML, 200, {"content-length": "999"}) as url:
        assert checked(check, signed(url)) == (
            "fail",
            "the connection was closed before the end of the answer",
            "did the service or its pod end meanwhile? plate-llm status stg",
        )


def test_own_limit_is_no_failure_of_another_check(provider: Upstream) -> None:
    limited = gateway(provider, LIMIT_REQUESTS_PER_MINUTE="1")
    try:
        assert checked("chat-openai", signed(limited.url))[0] == "pass"
        verdict, said, _ = checked("chat-langchain", signed(limited.url))
    finally:
        limited.kill()
    assert verdict == "skip"
    assert said.startswith(
        "over the service's own limit: The limit of requests per minute (1) is reached; "
    )


@pytest.mark.parametrize(
    ("check", "package"),
    [
        ("chat-openai", "openai"),
        ("chat-langchain", "openai"),
        ("chat-langchain", "langchain_openai"),
    ],
)
def test_client_that_is_not_installed_is_told(
    service: Service, monkeypatch: pytest.MonkeyPatch, check: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "plate_llm_cli.smoke.clients", raising=False)
    monkeypatch.delattr("plate_llm_cli.smoke.clients", raising=False)
    name = package.replace("_", "-")
    said = f"needs the {name} client: pip install 'plate-llm[smoke]'"
    done = run(signed(service.url), chosen([check], ()))
    assert [result.outcome for result in done.results] == [untried(said)]


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of requests to what the environment says is LangSmith."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 - its name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for name in ("LANGCHAIN", "LANGSMITH"):
            monkeypatch.setenv(f"{name}_TRACING_V2", "true")
            monkeypatch.setenv(f"{name}_TRACING", "true")
            monkeypatch.setenv(f"{name}_API_KEY", "lsv2-of-nobody")
            monkeypatch.setenv(f"{name}_ENDPOINT", address)
        try:
            yield paths
        finally:
            server.shutdown()


def test_nothing_is_traced_whatever_the_environment_asks_for(
    service: Service, traced: list[str]
) -> None:
    from langchain_core.tracers.langchain import wait_for_all_tracers  # noqa: PLC0415 - heavy
    from langsmith.utils import get_env_var  # noqa: PLC0415 - heavy

    get_env_var.cache_clear()  # type: ignore[attr-defined] # behind overloads
    try:
        assert checked("chat-langchain", signed(service.url))[0] == "pass"
        wait_for_all_tracers()
    finally:
        get_env_var.cache_clear()  # type: ignore[attr-defined] # behind overloads
    assert traced == []


@BOTH
def test_environment_of_the_operator_leads_nowhere_else(
    service: Service, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    for name in ("OPENAI_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operators-own")
    assert checked(check, signed(service.url))[0] == "pass"
