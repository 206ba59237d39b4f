"""Runs of smoke checks to write: one with every verdict, and one whose texts are hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.report import smoke
from plate_llm_cli.smoke.check import Check, Result, failed, passed, skipped, warned
from plate_llm_cli.smoke.runner import Run
from plate_llm_cli.smoke.target import Target, Way

if TYPE_CHECKING:
    from plate_llm_cli.smoke.check import Outcome
    from plate_llm_cli.smoke.trial import Trial

STAGING: Final = smoke.Tested(
    Target("https://llm.example.org", Way.INGRESS, ("10.0.0.12", 443)),
    "stg",
)
ANY_URL: Final = smoke.Tested(Target("http://127.0.0.1:8000"))

EVIL: Final = (
    "\x1b[31m::error::x\r\n::add-mask::x\n##[stop-commands]y ]]> a|b `c` <script>&amp; @all \u202e "
    "[l](http://x) ![i](www.x.org) *b* _e_ ~~s~~ \\| \x00"
)
LONG: Final = "x" * 10_000


def _never(trial: Trial) -> Outcome:
    raise AssertionError(trial)


def result(
    name: str, outcome: Outcome, seconds: float = 0.0, *, area: str = "health", about: str = ""
) -> Result:
    """What came of a check that is not run here."""
    return Result(
        Check(name, area, about or f"{name} is as it should be", _never), outcome, seconds
    )


def run_of(*results: Result, spent: int = 0, seconds: float = 0.5) -> Run:
    """A run in which these came out."""
    return Run(results, spent, seconds)


WELL: Final = run_of(
    result("livez", passed("in 9 ms"), 0.009), result("version", passed("1.4.2"), 0.0104)
)
MIXED: Final = run_of(
    result("livez", passed("in 9 ms"), 0.009, about="the process answers"),
    result("readyz", failed("not ready: no key", "plate-llm status stg"), 0.2144),
    result("old-token", warned("taken, but only until noon", "renew it"), 1.26, area="login"),
    result("chat", skipped("not tried, as readyz failed"), area="api"),
    result("stream", skipped("not tried, as readyz failed"), area="api"),
    result("cache", skipped("nothing is kept"), area="api"),
    spent=412,
    seconds=3.4213,
)
UNREACHABLE: Final = run_of(
    result("livez", failed("the name is not known", "is DNS right?", unreachable=True), 0.03),
    result("readyz", skipped("not tried, as livez failed")),
)
HOSTILE: Final = run_of(
    result("livez", failed(EVIL, EVIL), 0.1),
    result("readyz", warned(f"{EVIL}{LONG}", f"{LONG}{EVIL}"), 0.1),
    result("version", skipped(EVIL)),
    result("chat", passed(EVIL), 0.1),
)
HOSTILE_TARGET: Final = smoke.Tested(Target(f"https://{EVIL}", Way.URL, (EVIL, 1)), EVIL)


def runner_commands(text: str) -> list[str]:
    """The lines that GitHub's runner obeys, by its own test."""
    return [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]
