"""How long answers take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.smoke.budget import Budget
from plate_llm_cli.smoke.checks.latency import percentile
from plate_llm_cli.smoke.trial import Latency
from tests.smoke.checks.signed import checked, signed

if TYPE_CHECKING:
    from tests.service.running import Service

TOOK = r"\d+(?: ms|\.\d\d s)"
SAID = rf"p50 {TOOK}, p95 {TOOK}, at most {TOOK} of 5 answers"


def test_nothing_is_measured_without_a_budget(echo: Service) -> None:
    said = "no budget given (plate-llm smoke --p95)"
    assert checked("latency", signed(echo.url)) == ("skip", said, "")


def test_answers_in_time_pass_and_are_counted(echo: Service) -> None:
    seen: list[tuple[int, int]] = []
    trial = signed(
        echo.url, latency=Latency(10, 5), progress=lambda done, of: seen.append((done, of))
    )
    verdict, said, _ = checked("latency", trial)
    assert verdict == "pass"
    assert re.fullmatch(SAID, said)
    assert seen == [(done, 5) for done in range(6)]
    assert trial.budget.spent == 25


def test_late_answers_are_a_failure(echo: Service) -> None:
    verdict, said, advice = checked("latency", signed(echo.url, latency=Latency(0.00001, 5)))
    assert verdict == "fail"
    assert re.fullmatch(rf"{SAID}: p95 is over 1e-05 s", said)
    assert advice == (
        "see where the time goes: the streaming check's first token is the model's, livez the "
        "network's and the proxy's; autoscaling and limits.concurrency help where pods are full"
    )


def test_measurement_that_costs_too_much_is_not_begun(echo: Service) -> None:
    budget = Budget(50)
    outcome = checked("latency", signed(echo.url, latency=Latency(1, 20), budget=budget))
    assert outcome == ("skip", "would spend more than 50 tokens (--max-cost-tokens)", "")
    assert budget.spent == 0


def test_failure_ends_the_measurement(service: Service) -> None:
    verdict, said, _ = checked("latency", signed(service.url, model="lost", latency=Latency(1, 5)))
    assert verdict == "fail"
    assert said == "status 502, upstream_lost: the connection to the provider was lost"


@pytest.mark.parametrize(("percent", "value"), [(50, 10.0), (95, 19.0), (100, 20.0), (0, 1.0)])
def test_percentile_is_one_of_the_values(percent: int, value: float) -> None:
    assert percentile([float(number) for number in range(20, 0, -1)], percent) == value
