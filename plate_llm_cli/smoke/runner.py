"""Runs the checks, one after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.smoke.check import EndedError, Outcome, Result, Verdict, failed, skipped
from plate_llm_cli.smoke.http import NoAnswerError
from plate_llm_cli.smoke.redaction import redacted
from plate_llm_cli.smoke.registry import CHECKS, READY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from plate_llm_cli.smoke.check import Check
    from plate_llm_cli.smoke.trial import Trial

_PAUSE: Final = 1.0
"""Seconds between two looks of a wait."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all checks."""

    results: tuple[Result, ...]
    spent: int
    """Tokens of models."""
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether one of them failed."""
        return any(result.outcome.verdict is Verdict.FAIL for result in self.results)

    @property
    def unreachable(self) -> bool:
        """Whether nothing answered at all."""
        return any(result.outcome.unreachable for result in self.results)

    def count(self, verdict: Verdict) -> int:
        """How many ended with `verdict`."""
        return sum(result.outcome.verdict is verdict for result in self.results)


def chosen(only: Iterable[str], without: Iterable[str]) -> tuple[Check, ...]:
    """The checks that are named, all if none is, less those of `without`.

    Raises:
        UsageError: there is no such check, or none is left.
    """
    names = [check.name for check in CHECKS]
    for name in (*only, *without):
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else "plate-llm smoke --list shows them"
            raise UsageError(f"no check {name!r}", hint)
    wanted = set(only) or set(names)
    left = tuple(check for check in CHECKS if check.name in wanted - set(without))
    if not left:
        raise UsageError("no check is left to run", "name others with --check, or skip fewer")
    return left


@dataclass(frozen=True, slots=True)
class Demand:
    """Which checks must not be skipped: those named; with `strict` those that could be tried."""

    named: frozenset[str] = frozenset()
    strict: bool = False

    def judged(self, check: Check, outcome: Outcome) -> Outcome:
        """`outcome`, or a failure where a check that had to be tried was skipped."""
        if outcome.verdict is Verdict.SKIP and check.name in self.named:
            return failed(f"skipped: {outcome.said}", "it was asked for by name")
        if outcome.untried and self.strict:
            return failed(f"skipped: {outcome.said}", "--strict wants it tried")
        return outcome


def run(
    trial: Trial,
    checks: Sequence[Check],
    begins: Callable[[Check], None] = lambda _check: None,
    demand: Demand = Demand(),
) -> Run:
    """Try `checks` in their order; `begins` is told of each before it is tried."""
    begun = time.monotonic()
    results = tuple(_results(trial, checks, begins, demand))
    return Run(results, trial.budget.spent, time.monotonic() - begun)


def wait_until_ready(
    trial: Trial, seconds: float, looked: Callable[[Result], None] = lambda _result: None
) -> None:
    """Look until the service is up, for `seconds` at most; what is wrong then is for `run` to say.

    `looked` is told what is in the way, each time.
    """
    ready = [check for check in CHECKS if check.name in READY]
    end = time.monotonic() + seconds
    while True:
        results = _results(trial, ready, lambda _check: None, Demand())
        wrong = next((item for item in results if item.outcome.verdict is Verdict.FAIL), None)
        left = end - time.monotonic()
        if wrong is None or left <= 0:
            return
        looked(wrong)
        time.sleep(min(_PAUSE, left))


def _results(
    trial: Trial, checks: Sequence[Check], begins: Callable[[Check], None], demand: Demand
) -> Iterator[Result]:
    blocked: dict[str, str] = {}
    for check in checks:
        begins(check)
        begun = time.monotonic()
        cause = next((blocked[name] for name in check.needs if name in blocked), "")
        if cause:
            outcome = skipped(f"not tried, as {cause} failed")
        else:
            outcome = redacted(_tried(trial, check), trial.tokens.secrets)
            outcome = demand.judged(check, outcome)
        if cause or outcome.verdict is Verdict.FAIL:
            blocked[check.name] = cause or check.name
        yield Result(check, outcome, time.monotonic() - begun)


def _tried(trial: Trial, check: Check) -> Outcome:
    try:
        return check.run(trial)
    except EndedError as ended:
        return ended.outcome
    except NoAnswerError as error:
        status = trial.advice.command("status {env}", "look at its pods and its log")
        if not error.connected:
            return failed(error.reason, status, unreachable=not trial.http.answered)
        return failed(error.reason, f"did the service or its pod end meanwhile? {status}")
