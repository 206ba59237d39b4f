"""Which pages may call the API, asked as a browser asks, through nginx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.smoke.check import EndedError
from plate_llm_cli.smoke.checks.cors import cors
from plate_llm_cli.smoke.expectations import Expectations
from tests.smoke.nginx import ORIGIN, ingress
from tests.smoke.trials import told, trial_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.smoke.nginx import Ingress

SETTING = "http.corsOrigins in the values (HTTP_CORS_ORIGINS)"
PROXY = (
    "decides that, not the service: take nginx.ingress.kubernetes.io/enable-cors and cors-* out of "
    f"ingress.annotations, and set {SETTING} to plate-web's origin"
)


def expecting(*origins: str) -> Expectations:
    listed = ",".join(f'"{origin}"' for origin in origins)
    return Expectations({"HTTP_CORS_ORIGINS": f"[{listed}]"}, known=True)


def ended(way_in: Ingress, expected: Expectations) -> tuple[str, str, str]:
    with pytest.raises(EndedError) as error:
        cors(trial_of(way_in.target, expected))
    return told(error.value.outcome)


def test_pages_of_the_named_origin_alone_may_call(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        assert told(cors(trial_of(way_in.target, expecting(ORIGIN)))) == (
            "pass",
            "pages of https://plate.test may call the API, others may not",
            "",
        )


def test_no_page_may_call(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        assert told(cors(trial_of(way_in.target, expecting()))) == (
            "pass",
            "no page of another origin may call the API",
            "",
        )


def test_who_may_call_is_not_known(echo: Service) -> None:
    with ingress(echo.port) as way_in:
        assert told(cors(trial_of(way_in.target))) == (
            "pass",
            "pages of https://not-ours.invalid may not call the API; who may is not known",
            "",
        )


def test_an_origin_that_the_pods_do_not_have(echo: Service) -> None:
    expected = expecting(ORIGIN, "https://new.test")
    with ingress(echo.port) as way_in:
        assert ended(way_in, expected) == (
            "fail",
            "pages of https://new.test may not call the API: there is no "
            "access-control-allow-origin",
            f"{SETTING} has it in Git, but not in the running pods: plate-llm diff stg --against "
            "live shows what the cluster has",
        )


def test_a_proxy_lets_every_page_call(echo: Service) -> None:
    with ingress(echo.port, cors="any") as way_in:
        assert ended(way_in, expecting(ORIGIN)) == (
            "fail",
            "pages of any origin may call the API (access-control-allow-origin: *)",
            f"nginx {PROXY}",
        )


def test_a_proxy_adds_a_permission_for_every_page(echo: Service) -> None:
    with ingress(echo.port, cors="also") as way_in:
        assert ended(way_in, expecting()) == (
            "fail",
            "pages of any origin may call the API (access-control-allow-origin: *)",
            f"a proxy in front {PROXY}",
        )


def test_a_permission_that_comes_twice_is_none(echo: Service) -> None:
    with ingress(echo.port, cors="twice") as way_in:
        assert ended(way_in, expecting(ORIGIN)) == (
            "fail",
            "pages of https://plate.test may not call the API: access-control-allow-origin is "
            "https://plate.test, https://plate.test",
            f"a proxy in front {PROXY}",
        )


def test_answers_that_a_page_may_not_read(echo: Service) -> None:
    with ingress(echo.port, cors="hidden") as way_in:
        assert ended(way_in, expecting(ORIGIN)) == (
            "fail",
            "pages of https://plate.test may send requests, but not read the answers: there is no "
            "access-control-allow-origin",
            f"a proxy in front {PROXY}",
        )


def test_a_proxy_that_asks_preflights_for_a_password(echo: Service) -> None:
    with ingress(echo.port, asks_password=True) as way_in:
        assert ended(way_in, expecting(ORIGIN)) == (
            "fail",
            "pages of https://plate.test may not call the API: the preflight gave status 401",
            f"nginx {PROXY}",
        )


def test_a_permission_without_the_token_is_none(echo: Service) -> None:
    with ingress(echo.port, cors="narrow") as way_in:
        assert ended(way_in, expecting(ORIGIN)) == (
            "fail",
            "pages of https://plate.test may not call the API: access-control-allow-headers lacks "
            "authorization",
            f"nginx {PROXY}",
        )
