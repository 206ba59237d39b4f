"""The whole system, broken in one place at a time: the right check fails, with the right advice."""

from __future__ import annotations

import datetime
import json
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.cli.kept import HOST, Kept, copied, kept
from tests.service.running import Upstream
from tests.smoke import ca
from tests.smoke.nginx import ingress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao
    from tests.smoke.nginx import Ingress

SECONDS = 30
STREAMS = ("--check", "streaming")
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> ca.Authority:
    return ca.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with kept(tmp_path_factory.mktemp("kept"), "stg", "--model", "builtin:echo-slow") as found:
        yield found


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    started = Upstream()
    yield started
    started.end()


class Smoke:
    """`plate-llm smoke stg` through an nginx, with a token of the running system."""

    def __init__(self, call: Call, system: Kept, authority: ca.Authority) -> None:
        self.call, self.system, self.authority = call, system, authority
        self.code = -1

    def __call__(self, way_in: Ingress, *arguments: str) -> dict[str, tuple[str, str, str]]:
        """Verdict, what was seen and advice of each check."""
        end = ("--connect-to", f"127.0.0.1:{way_in.port}", "--ca-file", str(self.authority.root))
        token = ("--token-env", "SMOKE_TOKEN", "--model", "echo-slow", "--format", "json")
        root = ("-C", str(self.system.root))
        ended = self.call("smoke", "stg", *end, *token, *root, *arguments)
        self.code = ended.code
        checks = json.loads(ended.out)["checks"]
        return {item["name"]: _told(item) for item in checks}


def _told(check: dict[str, Any]) -> tuple[str, str, str]:
    return check["verdict"], check["message"], check["advice"] or ""


@pytest.fixture
def smoke(
    call: Call, system: Kept, authority: ca.Authority, monkeypatch: pytest.MonkeyPatch
) -> Smoke:
    monkeypatch.setenv("SMOKE_TOKEN", system.token())
    return Smoke(call, system, authority)


def test_whole_system_does_what_users_need(
    smoke: Smoke, system: Kept, authority: ca.Authority
) -> None:
    with ingress(system.port, certificate=authority.issue(HOST), host=HOST) as way_in:
        found = smoke(way_in)
    verdicts = {name: verdict for name, (verdict, _, _) in found.items() if verdict != "pass"}
    assert verdicts == {
        "dns": "skip",  # connections go to nginx here
        "https-redirect": "skip",
        "expired-token": "skip",  # the key is in an OpenBao that only `up` may read
        "wrong-audience": "skip",
        "rate-limit-headers": "skip",
        "latency": "skip",
    }
    assert smoke.code == 0


def test_expired_certificate(smoke: Smoke, system: Kept, authority: ca.Authority) -> None:
    old = authority.issue(HOST, left=-DAY)
    with ingress(system.port, certificate=old, host=HOST) as way_in:
        found = smoke(way_in)
    verdict, said, advice = found["certificate"]
    assert (verdict, smoke.code) == ("fail", 1)
    assert "expired" in said
    assert "plate-llm status stg" in advice
    assert found["chat-openai"][:2] == ("skip", "not tried, as certificate failed")


def test_metrics_that_are_exposed(smoke: Smoke, system: Kept, authority: ca.Authority) -> None:
    good = authority.issue(HOST)
    with ingress(
        system.port, certificate=good, host=HOST, metrics_port=system.metrics_port
    ) as way_in:
        found = smoke(way_in, "--check", "metrics-private")
    verdict, said, advice = found["metrics-private"]
    assert (verdict, smoke.code) == ("fail", 1)
    assert "metrics" in said
    assert "METRICS_PORT" in advice or "metrics.port" in advice


def test_stream_that_nginx_holds_back(smoke: Smoke, system: Kept, authority: ca.Authority) -> None:
    good = authority.issue(HOST)
    with ingress(system.port, certificate=good, host=HOST, buffering=True) as way_in:
        found = smoke(way_in, *STREAMS)
    verdict, said, advice = found["streaming"]
    assert (verdict, smoke.code) == ("fail", 1), said
    assert 'nginx.ingress.kubernetes.io/proxy-buffering: "off"' in advice


def test_signing_key_that_pods_have_not_read_yet(
    call: Call, bao: Bao, system: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key in OpenBao was changed, and no pod has restarted since."""
    monkeypatch.setenv("BAO_ADDR", bao.address)
    monkeypatch.setenv("BAO_TOKEN", bao.token)
    data = {"data": {"JWT_SECRET": "another-secret-than-the-one-that-pods-have"}}
    bao.server.done("POST", "secret/data/server/staging", data)
    ended = call(
        *("smoke", "stg", "-C", str(system.root), "--url", system.running.url),
        *("--check", "no-token", "--check", "valid-token", "--format", "json"),
    )
    found = {item["name"]: _told(item) for item in json.loads(ended.out)["checks"]}
    assert ended.code == 1
    assert found["no-token"][0] == "pass"
    verdict, said, advice = found["valid-token"]
    assert (verdict, said) == (
        "fail",
        "status 401, invalid_api_key: The token's signature is not its key's.",
    )
    assert "plate-llm secrets check stg --live" in advice
    assert "restart" in advice


def test_key_in_openbao_that_the_provider_does_not_take(
    call: Call,
    tmp_path: Path,
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied(tmp_path)
    values = tmp_path / "charts/plate-llm/values-stg.yaml"
    text = values.read_text("utf-8")
    changed = text.replace("llm:\n", f"llm:\n  baseUrl: {upstream.url}\n", 1)
    values.write_text(changed, "utf-8")
    upstream.control(mode="err", status=401)
    monkeypatch.setenv("OPENAI_API_KEY", f"sk-{'wrong' * 10}")
    ended = call(
        *("up", "stg", "-C", str(tmp_path), "--provider", "openai", "--format", "json"),
        *("--check", "valid-token", "--check", "chat-openai"),
    )
    checks = json.loads(ended.out)["smoke"]["checks"]
    found = {item["name"]: _told(item) for item in checks}
    assert (ended.code, found["valid-token"][0]) == (1, "pass")
    verdict, said, advice = found["chat-openai"]
    assert verdict == "fail"
    assert "upstream_unauthorized" in said
    assert "OPENAI_API_KEY" in advice
    assert "wrongwrong" not in ended.out + ended.err


def _in_flight(system: Kept) -> bool:
    text = httpx2.get(system.running.metrics_url).text
    lines = [line for line in text.splitlines() if "in_flight" in line or "in_progress" in line]
    return any(float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#"))


def test_service_that_is_killed_within_a_stream(
    call: Call,
    authority: ca.Authority,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    with (
        kept(folder, "stg", "--model", "builtin:echo-slow") as system,
        ingress(system.port, certificate=authority.issue(HOST), host=HOST) as way_in,
    ):
        monkeypatch.setenv("SMOKE_TOKEN", system.token())
        number = system.service_process()

        def kill() -> None:
            deadline = time.monotonic() + SECONDS
            while not _in_flight(system) and time.monotonic() < deadline:
                time.sleep(0.02)
            os.kill(number, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        smoke = Smoke(call, system, authority)
        found = smoke(way_in, *STREAMS)
        killer.join()
        verdict, said, advice = found["streaming"]
        assert (verdict, smoke.code) == ("fail", 1)
        assert "broke off" in said
        assert "plate-llm status stg" in advice
        assert system.process.wait(SECONDS) != 0
        assert "the service has ended" in system.log.read_text()
