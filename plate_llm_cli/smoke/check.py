"""What a check is, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.smoke.trial import Trial


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    """It was not tried, or could not be; the line says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, what was seen, and what to do about it. Neither text holds a token or a key."""

    verdict: Verdict
    said: str
    advice: str = ""
    unreachable: bool = False
    """Nothing answered at all: no fault of what is deployed was seen."""
    untried: bool = False
    """Skipped though there was something to try: for want of a key, a client, tokens to spend."""


def passed(said: str) -> Outcome:
    """All is as it should be."""
    return Outcome(Verdict.PASS, said)


def warned(said: str, advice: str) -> Outcome:
    """It works, but not as somebody may think."""
    return Outcome(Verdict.WARN, said, advice)


def failed(said: str, advice: str, *, unreachable: bool = False) -> Outcome:
    """It is not as it should be."""
    return Outcome(Verdict.FAIL, said, advice, unreachable)


def skipped(said: str) -> Outcome:
    """There is nothing to try here."""
    return Outcome(Verdict.SKIP, said)


def untried(said: str) -> Outcome:
    """It could not be tried, which `--strict` takes for a failure."""
    return Outcome(Verdict.SKIP, said, untried=True)


class EndedError(Exception):
    """Ends a check with `outcome`, from wherever in it that becomes clear."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.said)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One thing that is tried.

    `needs` are names of checks that this one makes no sense without: where one of them failed, it
    is skipped. One that was skipped for want of anything to look at holds nothing back.
    """

    name: str
    area: str
    about: str
    """What is checked, as a sentence without its full stop."""
    run: Callable[[Trial], Outcome]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check, and how long it took."""

    check: Check
    outcome: Outcome
    seconds: float
