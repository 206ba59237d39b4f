from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.observe.metrics import Metrics
from service.observe.metrics_page import metrics_app
from tests.service.observe.exchanges import answered


@pytest.fixture
def client() -> TestClient:
    metrics = Metrics(["gpt-5"], ["openai"])
    metrics.observe(answered(), 0.7)
    return TestClient(metrics_app(metrics))


def test_the_page_is_prometheus_text(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'plate_llm_cache_requests_total{result="miss"} 1.0\n' in answer.text


def test_the_page_has_exemplars_where_they_are_understood(client: TestClient) -> None:
    accept = {"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
    answer = client.get("/metrics", headers=accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert 'trace_id="4bf92f3577b34da6a3ce929d0e0e4736"' in answer.text
    assert answer.text.endswith("# EOF\n")


def test_head_is_the_page_without_its_content(client: TestClient) -> None:
    answer = client.head("/metrics")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 1000


@pytest.mark.parametrize("path", ["/", "/metrics/", "/v1/models"])
def test_there_is_no_other_page(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_page_is_only_read(client: TestClient, method: str) -> None:
    answer = client.request(method, "/metrics")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
