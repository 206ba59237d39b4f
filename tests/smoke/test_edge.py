"""What comes through an ingress controller, and what does not; nginx stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from plate_llm_cli.smoke.checks import edge
from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.http import NoAnswerError
from plate_llm_cli.smoke.target import Target, Way
from tests.service.running import Service
from tests.smoke.nginx import HOST, ingress
from tests.smoke.trials import told, trial_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.smoke.ca import Authority, Issued

LIVE = "plate-llm diff stg --against live shows what the cluster has"
ALL = "kubectl get ingress -A"
RULE = (
    "give each rule of each Ingress for this Service a host (ingress.hosts[].host), and the "
    f"controller another default backend; {ALL} shows them"
)
SENT = Expectations(redirects=True)
SERVED = Expectations(redirects=False)


@pytest.fixture(scope="module")
def issued(authority: Authority) -> Issued:
    return authority.issue(HOST)


def redirect(
    echo: Service, issued: Issued, authority: Authority, to: str, expected: Expectations
) -> tuple[str, str, str]:
    with ingress(echo.port, certificate=issued, ca=authority.root, redirect=to) as way_in:
        return told(edge.https_redirect(trial_of(way_in.target, expected)))


@pytest.mark.parametrize("status", ["301", "308"])
def test_plain_http_is_sent_to_https(
    echo: Service, issued: Issued, authority: Authority, status: str
) -> None:
    assert redirect(echo, issued, authority, status, SENT) == (
        "pass",
        f"plain HTTP is sent to HTTPS ({status})",
        "",
    )


def test_a_redirect_for_now_lets_clients_come_in_clear_text_again(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    assert redirect(echo, issued, authority, "307", SENT) == (
        "warn",
        "plain HTTP is sent to HTTPS (307), but only for now: clients come in clear text again and "
        "again",
        'http-redirect-code in the ConfigMap of ingress-nginx has to be "308"',
    )


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.test/v1/models",
        "https://llm.test/",
        "http://llm.test/v1/models",
        "https://llm.test:x/",
    ],
)
def test_a_redirect_elsewhere(
    echo: Service, issued: Issued, authority: Authority, location: str
) -> None:
    assert redirect(echo, issued, authority, f"308 {location}", SENT) == (
        "fail",
        f"plain HTTP is sent to {location}, not to HTTPS of the same host and path (308)",
        "look for app-root, permanent-redirect and temporal-redirect among the annotations of the "
        f"Ingress, and for another Ingress with this host: {ALL}",
    )


def test_plain_http_that_is_served_against_the_redirect(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    assert redirect(echo, issued, authority, "", SENT) == (
        "fail",
        "plain HTTP is served as well (status 401): tokens may travel in clear text",
        f'Git redirects (nginx.ingress.kubernetes.io/ssl-redirect is not "false"): {LIVE}; where '
        'TLS ends at a load balancer in front, set force-ssl-redirect: "true" as well',
    )


def test_plain_http_that_is_served_as_git_says(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    assert redirect(echo, issued, authority, "", SERVED) == (
        "pass",
        "plain HTTP is served as well (status 401), as Git says",
        "",
    )


def test_a_redirect_that_git_does_not_want(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    assert redirect(echo, issued, authority, "308", SERVED) == (
        "fail",
        "plain HTTP is sent to HTTPS (308): clients that follow no redirect fail",
        'nginx.ingress.kubernetes.io/ssl-redirect is "false" in Git; force-ssl-redirect or a load '
        f"balancer in front may redirect as well; {LIVE}",
    )


@pytest.mark.parametrize("expected", [SENT, SERVED])
def test_another_server_answers_plain_http(
    issued: Issued, authority: Authority, expected: Expectations
) -> None:
    with ingress(None, certificate=issued, ca=authority.root) as way_in:
        assert told(edge.https_redirect(trial_of(way_in.target, expected))) == (
            "fail",
            "plain HTTP gave status 503 of nginx",
            f"look for another server at this port, and for another Ingress with this host: {ALL}",
        )


@pytest.mark.parametrize(
    ("expected", "verdict"), [(SENT, "warn"), (SERVED, "fail"), (Expectations(), "pass")]
)
def test_nothing_listens_for_plain_http(
    issued: Issued, authority: Authority, expected: Expectations, verdict: str
) -> None:
    with ingress(None, certificate=issued, ca=authority.root, shuts_plain=True) as way_in:
        outcome = told(edge.https_redirect(trial_of(way_in.target, expected)))
    port = f"open port {way_in.plain_port} at the load balancer and the firewall"
    assert outcome == (
        verdict,
        "plain HTTP is not answered (connection refused)",
        {
            "warn": f"{port}: Let's Encrypt asks there before it renews a certificate (HTTP01), "
            "and http:// links lead nowhere",
            "fail": f'{port}, as nginx.ingress.kubernetes.io/ssl-redirect: "false" stands for '
            "clients that come over plain HTTP",
            "pass": "",
        }[verdict],
    )


def test_what_plain_http_does_is_told_where_git_says_nothing(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    assert redirect(echo, issued, authority, "", Expectations()) == (
        "pass",
        "plain HTTP is served as well (status 401): tokens may travel in clear text",
        "",
    )


def test_the_port_of_plain_http_is_not_guessed() -> None:
    target = Target("https://llm.test:8443", Way.URL)
    assert told(edge.https_redirect(trial_of(target))) == (
        "skip",
        "HTTPS has port 8443, and the one of plain HTTP is not known",
        "",
    )


def test_plain_http_is_not_compared_with_itself() -> None:
    assert told(edge.https_redirect(trial_of(Target("http://llm.test", Way.URL)))) == (
        "skip",
        "plain HTTP is the way that is tested",
        "",
    )


def test_another_host_is_not_found(echo: Service, issued: Issued, authority: Authority) -> None:
    with ingress(echo.port, certificate=issued, ca=authority.root) as way_in:
        assert told(edge.other_host(trial_of(way_in.target))) == (
            "pass",
            "status 404 of nginx for not-ours.invalid",
            "",
        )


def test_another_host_is_hung_up_on(echo: Service) -> None:
    with ingress(echo.port, drops_others=True) as way_in:
        assert told(edge.other_host(trial_of(way_in.target))) == (
            "pass",
            "not answered for not-ours.invalid (the connection was closed before the end of the "
            "answer)",
            "",
        )


def test_another_host_leads_to_the_service(
    echo: Service, issued: Issued, authority: Authority
) -> None:
    with ingress(echo.port, certificate=issued, ca=authority.root, catch_all=True) as way_in:
        assert told(edge.other_host(trial_of(way_in.target))) == (
            "fail",
            "the service answers for not-ours.invalid (status 200)",
            f"{RULE}; with http.allowedHosts (HTTP_ALLOWED_HOSTS) the service refuses them itself",
        )


@pytest.fixture
def strict() -> Iterator[Service]:
    """A service that knows its own names."""
    started = Service(
        LLM_MODEL_NAME="builtin:echo", AUTH_MODE="none", HTTP_ALLOWED_HOSTS=f'["{HOST}"]'
    )
    yield started
    started.kill()


def test_the_service_refuses_another_host_itself(strict: Service) -> None:
    with ingress(strict.port, catch_all=True) as way_in:
        assert told(edge.other_host(trial_of(way_in.target))) == (
            "warn",
            "requests for not-ours.invalid reach the service, which refuses them (status 421)",
            RULE,
        )


def test_other_hosts_are_not_the_matter_of_a_way_past_the_ingress() -> None:
    target = Target("http://plate-llm.plate-stg.svc", Way.IN_CLUSTER)
    assert told(edge.other_host(trial_of(target))) == (
        "skip",
        "the ingress controller is not on this way",
        "",
    )


def test_a_lost_way_is_no_refusal_of_another_host(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        pass
    with pytest.raises(NoAnswerError, match="connection refused"):
        edge.other_host(trial_of(way_in.target))


def test_metrics_are_not_shown(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        assert told(edge.metrics_private(trial_of(way_in.target))) == (
            "pass",
            "/metrics gave status 404, /metrics/ gave status 404",
            "",
        )


def test_metrics_are_shown(echo: Service) -> None:
    with ingress(echo.port, metrics_port=urlsplit(echo.metrics_url).port or 0) as way_in:
        expected = Expectations({"METRICS_PORT": "9100"})
        assert told(edge.metrics_private(trial_of(way_in.target, expected))) == (
            "fail",
            "/metrics shows the metrics: models, routes and load, to everyone",
            "an Ingress leads to port 9100 (METRICS_PORT), which is for Prometheus inside the "
            f"cluster: take that rule out of it; {LIVE}",
        )
