"""What every answer has, and who gets one: ids, hosts, origins, tokens, rates, errors, log."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.service.running import SECRET, Service, Upstream, metric, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHAT = "/v1/chat/completions"
QUESTION: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}]}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def guarded(provider: Upstream) -> Iterator[Service]:
    provider.control()
    started = Service(
        AUTH_JWT_SECRET=SECRET,
        LLM_MODEL_NAME="openai:fake",
        LLM_MODELS='[{"name":"small","model":"openai:fake-small","aliases":["tiny"],"maxTokens":9}]',
        LLM_BASE_URL=provider.url,
        LLM_TEMPERATURE="0.3",
        OPENAI_API_KEY="sk-of-the-operator",
        HTTP_ALLOWED_HOSTS='["127.0.0.1"]',
        HTTP_CORS_ORIGINS='["https://web.example.org"]',
    )
    yield started
    started.kill()


@pytest.fixture
def client(guarded: Service) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {token()}"}
    with httpx2.Client(base_url=guarded.url, headers=headers) as opened:
        yield opened


def test_a_request_id_of_the_client_is_kept(client: httpx2.Client) -> None:
    answer = client.post(CHAT, json=QUESTION, headers={"x-request-id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"


@pytest.mark.parametrize("unfit", ["a b", "x" * 129, "<script>"])
def test_an_unfit_request_id_is_replaced(unfit: str, client: httpx2.Client) -> None:
    answer = client.get("/livez", headers={"x-request-id": unfit})
    assert answer.headers["x-request-id"].startswith("req_")


def test_a_trace_goes_on_to_the_provider(client: httpx2.Client, provider: Upstream) -> None:
    client.post(CHAT, json=QUESTION, headers={"traceparent": TRACE, "tracestate": "a=1"})
    sent = provider.last()["headers"]
    assert sent["traceparent"].split("-")[1] == TRACE.split("-")[1]
    assert sent["traceparent"] != TRACE
    assert sent["tracestate"] == "a=1"


def test_a_trace_state_in_two_fields_is_one(client: httpx2.Client, provider: Upstream) -> None:
    fields = [("traceparent", TRACE), ("tracestate", "a=1"), ("tracestate", "b=2")]
    client.post(CHAT, json=QUESTION, headers=fields)
    assert provider.last()["headers"]["tracestate"] == "a=1,b=2"


def test_two_traces_are_none(client: httpx2.Client, provider: Upstream) -> None:
    client.post(CHAT, json=QUESTION, headers=[("traceparent", TRACE), ("traceparent", TRACE)])
    assert TRACE.split("-")[1] not in provider.last()["headers"]["traceparent"]


def test_the_provider_gets_the_operator_s_key_and_never_the_client_s(
    client: httpx2.Client, provider: Upstream
) -> None:
    client.post(CHAT, json=QUESTION)
    assert provider.last()["headers"]["authorization"] == "Bearer sk-of-the-operator"


def test_the_operator_s_defaults_are_added_and_nothing_else(
    client: httpx2.Client, provider: Upstream
) -> None:
    body = b'{ "messages" : [{"role":"user","content":"\\u0068i"}], "top_p":1.0e-1 , "x": [1,2] }'
    client.post(CHAT, content=body, headers={"content-type": "application/json"})
    sent = provider.last()["body"]
    assert sent == '{"model":"fake","temperature":0.3,' + body.decode()[1:]


def test_a_value_of_the_client_stays(client: httpx2.Client, provider: Upstream) -> None:
    body = '{"messages":[{"role":"user","content":"hi"}],"temperature":1,"model":"fake"}'
    client.post(CHAT, content=body, headers={"content-type": "application/json"})
    assert provider.last()["body"] == body


@pytest.mark.parametrize("name", ["small", "tiny", "openai:fake-small"])
def test_a_model_is_known_by_all_its_names(
    name: str, client: httpx2.Client, provider: Upstream
) -> None:
    answer = client.post(CHAT, json={**QUESTION, "model": name})
    assert answer.headers["x-model"] == "small"
    assert '"model":"fake-small"' in provider.last()["body"].replace(" ", "")


def test_more_tokens_than_the_model_may_give_are_refused(client: httpx2.Client) -> None:
    answer = client.post(CHAT, json={**QUESTION, "model": "small", "max_tokens": 10})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": "max_tokens must be at most 9 for the model small.",
        "type": "invalid_request_error",
        "param": "max_tokens",
        "code": "max_tokens_exceeded",
    }


def test_a_model_that_is_not_there(client: httpx2.Client) -> None:
    answer = client.post(CHAT, json={**QUESTION, "model": "gpt-9"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"


def test_models_are_listed(client: httpx2.Client) -> None:
    listed = client.get("/v1/models").json()
    assert [(model["id"], model["owned_by"]) for model in listed["data"]] == [
        ("fake", "openai"),
        ("small", "openai"),
    ]
    assert client.get("/v1/models/tiny").json()["id"] == "small"
    assert client.get("/v1/models/none").status_code == 404
    assert client.get("/v1/models/").status_code == 404


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, 401),
        ("Bearer x", 401),
        ("Basic YTpi", 401),
        (f"Bearer {token(seconds=-3600)}", 401),
        (f"Bearer {token()[:-3]}abc", 401),
    ],
)
def test_without_a_valid_token_nothing_is_answered(
    authorization: str | None, code: int, guarded: Service, provider: Upstream
) -> None:
    provider.reset()
    headers = {"authorization": authorization} if authorization else {}
    answer = httpx2.post(guarded.url + CHAT, json=QUESTION, headers=headers)
    assert answer.status_code == code
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["error"]["type"] == "authentication_error"
    assert provider.stats()["requests"] == 0


def test_health_needs_no_token_and_no_host(guarded: Service) -> None:
    for path in ("/livez", "/readyz"):
        assert httpx2.get(guarded.url + path, headers={"host": "10.1.2.3"}).status_code == 200


def test_another_host_is_refused(guarded: Service) -> None:
    answer = httpx2.get(guarded.url + "/v1/models", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert answer.json()["error"]["code"] == "unknown_host"


def test_a_page_of_an_allowed_origin_may_ask(guarded: Service) -> None:
    answer = httpx2.options(
        guarded.url + CHAT,
        headers={
            "origin": "https://web.example.org",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://web.example.org"
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"


def test_a_page_of_another_origin_may_not(guarded: Service, client: httpx2.Client) -> None:
    headers = {"origin": "https://evil.example"}
    preflight = httpx2.options(guarded.url + CHAT, headers=headers)
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in client.get("/v1/models", headers=headers).headers


def test_an_error_can_be_read_by_the_page(guarded: Service) -> None:
    headers = {"origin": "https://web.example.org"}
    answer = httpx2.post(guarded.url + CHAT, json=QUESTION, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "https://web.example.org"


def test_every_answer_is_guarded_against_sniffing_and_names_no_server(
    client: httpx2.Client,
) -> None:
    for answer in (client.get("/livez"), client.get("/none"), client.post(CHAT, json=QUESTION)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", CHAT, 405, "method_not_allowed"),
        ("DELETE", "/v1/models", 405, "method_not_allowed"),
        ("GET", "/v1/files", 404, "not_found"),
        ("GET", "/metrics", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
    ],
)
def test_paths_that_are_not_there(
    method: str, path: str, status: int, code: str, client: httpx2.Client
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    if status == 405:
        assert answer.headers["allow"]


def test_metrics_are_on_their_own_port(guarded: Service, client: httpx2.Client) -> None:
    series = 'plate_llm_requests_total{method="POST",route="/v1/chat/completions",status="200"}'
    client.post(CHAT, json=QUESTION)
    before = metric(guarded, series)
    client.post(CHAT, json=QUESTION)
    assert metric(guarded, series) == before + 1


def test_the_log_names_the_request_and_neither_prompt_nor_token(
    guarded: Service, client: httpx2.Client
) -> None:
    question = {"messages": [{"role": "user", "content": "the-canary-of-this-test"}]}
    client.post(CHAT, json=question, headers={"x-request-id": "logged-1"})
    line = logged(guarded, "logged-1")
    assert (line["status"], line["model"], line["input_tokens"]) == (200, "fake", 17)
    everything = str(guarded.log)
    for private in ("the-canary-of-this-test", token()[:20], SECRET, "sk-of-the-operator"):
        assert private not in everything


def logged(service: Service, request_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        for line in list(service.log):
            if line.get("request_id") == request_id:
                return line
        time.sleep(0.005)
    raise AssertionError(f"{request_id} was not logged")


def test_over_the_limit_of_requests(service: Callable[..., Service], provider: Upstream) -> None:
    started = service(
        AUTH_JWT_SECRET=SECRET,
        LLM_MODEL_NAME="openai:fake",
        LLM_BASE_URL=provider.url,
        OPENAI_API_KEY="sk-x",
        LIMIT_REQUESTS_PER_MINUTE="3",
    )
    ann = {"authorization": f"Bearer {token('ann')}"}
    bob = {"authorization": f"Bearer {token('bob')}"}
    answers = [httpx2.post(started.url + CHAT, json=QUESTION, headers=ann) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    remaining = [answer.headers["x-ratelimit-remaining-requests"] for answer in answers]
    assert remaining == ["2", "1", "0", "0"]
    assert int(answers[3].headers["retry-after"]) >= 1
    assert answers[3].json()["error"]["code"] == "rate_limit_exceeded"
    assert httpx2.post(started.url + CHAT, json=QUESTION, headers=bob).status_code == 200
    assert metric(started, 'plate_llm_rate_limited_total{kind="requests"}') == 1


def test_over_the_limit_of_requests_at_once(
    service: Callable[..., Service], provider: Upstream
) -> None:
    started = service(
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake:mode=hang",
        LLM_BASE_URL=provider.url,
        OPENAI_API_KEY="sk-x",
        LIMIT_CONCURRENCY="1",
        LIMIT_QUEUE="0",
        LLM_TIMEOUT_SECONDS="2",
    )
    with httpx2.Client(timeout=0.2) as client, pytest.raises(httpx2.ReadTimeout):
        client.post(started.url + CHAT, json=QUESTION)
    # The first one has left, and its place is free again; two at once are one too many.

    first = threading.Thread(
        target=httpx2.post, args=(started.url + CHAT,), kwargs={"json": QUESTION}
    )
    first.start()
    while metric(started, "plate_llm_in_flight_requests") != 1:
        time.sleep(0.005)
    second = httpx2.post(started.url + CHAT, json=QUESTION)
    assert second.status_code == 503
    assert second.json()["error"]["code"] == "overloaded"
    assert int(second.headers["retry-after"]) >= 1
    first.join()


def test_a_missing_key_means_not_ready(service: Callable[..., Service]) -> None:
    started = service(AUTH_MODE="none", LLM_MODEL_NAME="openai:gpt-4o-mini")
    ready = httpx2.get(started.url + "/readyz")
    assert ready.status_code == 503
    assert ready.json()["reasons"] == [
        {"name": "model", "message": "gpt-4o-mini: OPENAI_API_KEY is not set"}
    ]
    answer = httpx2.post(started.url + CHAT, json=QUESTION)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "not_ready"
    assert httpx2.get(started.url + "/livez").status_code == 200
