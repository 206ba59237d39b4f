"""How checks are chosen, held back by others, and waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.errors import UsageError
from plate_llm_cli.smoke.check import (
    Check,
    EndedError,
    Outcome,
    Verdict,
    failed,
    passed,
    skipped,
    untried,
    warned,
)
from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.http import Http, NoAnswerError
from plate_llm_cli.smoke.registry import CHECKS
from plate_llm_cli.smoke.runner import Demand, chosen, run, wait_until_ready
from plate_llm_cli.smoke.target import Target
from plate_llm_cli.smoke.tokens import Tokens, no_key
from plate_llm_cli.smoke.trial import Advice, Trial

if TYPE_CHECKING:
    from collections.abc import Callable


def trial(env: str = "") -> Trial:
    """Of a service that is asked nothing here."""
    target, expected = Target("http://127.0.0.1:1"), Expectations()
    return Trial(
        target, expected, Tokens(expected, no_key("none")), Http(target), advice=Advice(env)
    )


def check(name: str, outcome: Outcome, *needs: str) -> Check:
    """One that always ends with `outcome`."""
    return Check(name, "area", "it is so", lambda _trial: outcome, needs)


def outcomes(*checks: Check) -> list[tuple[str, Verdict, str]]:
    """Name, verdict and what was seen of each."""
    results = run(trial(), checks).results
    return [(item.check.name, item.outcome.verdict, item.outcome.said) for item in results]


def test_check_is_held_back_by_a_failure_that_it_needs() -> None:
    assert outcomes(
        check("first", failed("broken", "mend it")),
        check("second", passed("fine"), "first"),
        check("third", passed("fine"), "second"),
        check("fourth", passed("fine")),
    ) == [
        ("first", Verdict.FAIL, "broken"),
        ("second", Verdict.SKIP, "not tried, as first failed"),
        ("third", Verdict.SKIP, "not tried, as first failed"),
        ("fourth", Verdict.PASS, "fine"),
    ]


@pytest.mark.parametrize("outcome", [skipped("nothing there"), warned("odd", "look at it")])
def test_nothing_is_held_back_by_other_verdicts(outcome: Outcome) -> None:
    found = outcomes(check("first", outcome), check("second", passed("fine"), "first"))
    assert found[1] == ("second", Verdict.PASS, "fine")


def test_nothing_is_held_back_by_what_was_not_chosen() -> None:
    assert outcomes(check("second", passed("fine"), "first")) == [("second", Verdict.PASS, "fine")]


def ending(error: Exception) -> Callable[[Trial], Outcome]:
    """A check that is ended from somewhere in it."""

    def ended(_trial: Trial) -> Outcome:
        raise error

    return ended


def test_check_can_be_ended_from_within() -> None:
    made = Check("one", "area", "", ending(EndedError(skipped("no key"))))
    assert outcomes(made) == [("one", Verdict.SKIP, "no key")]


def test_lost_answer_is_a_failure() -> None:
    made = Check("one", "area", "", ending(NoAnswerError("no answer in time")))
    (result,) = run(trial("stg"), [made]).results
    assert result.outcome == failed(
        "no answer in time", "did the service or its pod end meanwhile? plate-llm status stg"
    )


def test_nothing_listens_and_so_nothing_was_seen() -> None:
    made = Check("one", "area", "", ending(NoAnswerError("connection refused", connected=False)))
    done = run(trial(), [made])
    assert (done.failed, done.unreachable) == (True, True)


def test_service_that_answered_before_is_no_longer_unreachable() -> None:
    asked = trial()
    asked.http.answered = True
    made = Check("one", "area", "", ending(NoAnswerError("connection refused", connected=False)))
    assert not run(asked, [made]).unreachable


def test_each_check_is_told_of_before_it_is_tried() -> None:
    seen: list[str] = []
    run(
        trial(), [check("one", passed("")), check("two", passed(""))], lambda c: seen.append(c.name)
    )
    assert seen == ["one", "two"]


def test_check_that_is_asked_for_by_name_has_to_be_tried() -> None:
    done = run(trial(), [check("one", skipped("no limits"))], demand=Demand(frozenset({"one"})))
    assert done.results[0].outcome == failed("skipped: no limits", "it was asked for by name")


def test_strict_run_takes_what_cannot_be_tried_for_a_failure() -> None:
    checks = [check("one", untried("no key")), check("two", skipped("no limits"))]
    done = run(trial(), checks, demand=Demand(strict=True))
    assert [item.outcome for item in done.results] == [
        failed("skipped: no key", "--strict wants it tried"),
        skipped("no limits"),
    ]


def test_strict_run_does_not_repeat_a_failure_in_what_it_holds_back() -> None:
    checks = [check("one", failed("broken", "")), check("two", passed(""), "one")]
    demand = Demand(frozenset({"one", "two"}), strict=True)
    assert run(trial(), checks, demand=demand).results[1].outcome == skipped(
        "not tried, as one failed"
    )


def test_checks_are_chosen_by_name() -> None:
    assert [item.name for item in chosen(["readyz", "livez"], ["livez"])] == ["readyz"]


def test_every_check_runs_where_none_is_named() -> None:
    assert chosen((), ()) == CHECKS


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lives", "did you mean livez?"), ("xyz", "plate-llm smoke --list shows them")],
)
def test_unknown_check_is_named(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        chosen([name], ())
    assert (refused.value.message, refused.value.hint) == (f"no check {name!r}", hint)


def test_choice_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="no check is left to run"):
        chosen(["livez"], ["livez"])


def test_needs_are_names_of_checks_before() -> None:
    before: set[str] = set()
    for item in CHECKS:
        assert set(item.needs) <= before, item.name
        before.add(item.name)


def test_wait_ends_in_time_and_tells_what_is_in_the_way() -> None:
    seen: list[str] = []
    begun = time.monotonic()
    wait_until_ready(trial(), 0.3, lambda result: seen.append(result.outcome.said))
    assert time.monotonic() - begun < 3
    assert set(seen) == {"127.0.0.1:1 refuses connections"}
