"""What stands in front of the service and answers in its place; nginx stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.smoke.checks import health
from tests.smoke.nginx import HOST, ingress
from tests.smoke.trials import told, trial_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.smoke.ca import Authority


def test_login_in_front_of_the_service_is_named(echo: Service) -> None:
    with ingress(echo.port, asks_password=True) as way_in:
        verdict, said, advice = told(health.livez(trial_of(way_in.target)))
    assert (verdict, said) == ("fail", "/livez gave status 401 of nginx")
    assert "nginx.ingress.kubernetes.io/auth-* and whitelist-source-range" in advice


def test_redirect_says_where_to(echo: Service, authority: Authority) -> None:
    issued = authority.issue(HOST)
    with ingress(echo.port, certificate=issued, ca=authority.root, redirect="308") as way_in:
        plain = way_in.target.plain
        assert plain is not None
        assert told(health.livez(trial_of(plain))) == (
            "fail",
            f"/livez gave status 308, to https://{HOST}/livez",
            "redirects are not followed: name the address it leads to",
        )


def test_path_that_is_not_routed(echo: Service) -> None:
    with ingress(echo.port, host="another.test") as way_in:
        assert told(health.livez(trial_of(way_in.target))) == (
            "fail",
            "/livez gave status 404: not the service",
            "does the Ingress route this host and path to it?",
        )


def test_service_without_a_ready_pod() -> None:
    with ingress(None) as way_in:
        assert told(health.livez(trial_of(way_in.target))) == (
            "fail",
            "/livez gave status 503 of nginx",
            "no pod is ready behind it: plate-llm status stg",
        )
