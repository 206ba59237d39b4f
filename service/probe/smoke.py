"""`python -m service probe smoke URL`: tries a whole service, from inside its cluster."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from service.probe.arguments import base_url, seconds, seconds_or_none, shown, version
from service.probe.checks import CHECKS, READY
from service.probe.request import NoAnswerError
from service.probe.tokens import tokens_for
from service.probe.trial import Outcome, SkippedError, Trial, failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.probe.checks import Check

PAUSE = 0.5
"""Seconds between two looks of a wait."""

MOST_UNANSWERED = 2
"""After so many requests without an answer the rest is left out: each would take its whole time."""


def main(arguments: Sequence[str]) -> int:
    """Try all; gives 0 where nothing failed, 1 where something did, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    trial = Trial(
        base=options.url,
        seconds=options.timeout,
        auth=options.expect_auth,
        version=options.expect_version or "",
        tokens=tokens_for(os.environ),
        chat=options.chat,
    )
    begun = time.monotonic()
    _wait(trial, options.wait)
    counts = _run(trial)
    told = f"{counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped"
    _print(f"probe: {shown(trial.base)}: {told} in {time.monotonic() - begun:.1f} s")
    return 1 if counts["fail"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service probe smoke",
        description="Try a whole service: that it is up and the right release, that it lets in who "
        "has a good token and nobody else, and that its errors have OpenAI's form.",
        epilog="With the service's AUTH_JWT_SECRET in the environment good tokens are made for it, "
        "as AUTH_AUDIENCE, AUTH_ISSUER or PLATE_API_URL, AUTH_SCOPES and AUTH_TENANT_CLAIM say.",
    )
    parser.add_argument("url", type=base_url, metavar="URL", help="the service, without /v1")
    parser.add_argument(
        "--expect-version",
        type=version,
        metavar="V",
        help="the release that has to run (default: any)",
    )
    parser.add_argument(
        "--expect-auth",
        choices=("jwt", "none"),
        default=os.environ.get("AUTH_MODE") or "jwt",
        help="AUTH_MODE, as it has to be (that of the environment, or jwt)",
    )
    parser.add_argument(
        "--wait",
        type=seconds_or_none,
        default=0.0,
        metavar="S",
        help="seconds in which it may yet become ready, and the right release (0)",
    )
    parser.add_argument(
        "--timeout", type=seconds, default=10.0, metavar="S", help="seconds for each request (10)"
    )
    parser.add_argument(
        "--chat", action="store_true", help="ask the model, twice: this costs tokens"
    )
    return parser


def _wait(trial: Trial, most: float) -> None:
    """Look until it is ready, for `most` seconds; what is wrong then is for the checks to say."""
    end = time.monotonic() + most
    while (left := end - time.monotonic()) > 0:
        bounded = trial._replace(seconds=min(trial.seconds, left))
        if all(_tried(bounded, check)[0].verdict == "pass" for check in READY):
            return
        time.sleep(min(PAUSE, max(0.0, end - time.monotonic())))


def _run(trial: Trial) -> dict[str, int]:
    """Try each check and say what came of it; gives how many ended how."""
    counts = {"pass": 0, "fail": 0, "skip": 0}
    broken: set[str] = set()
    unanswered = 0
    for check in CHECKS:
        if unanswered >= MOST_UNANSWERED:
            outcome = Outcome("skip", "not tried, as nothing answers")
        elif check.needs in broken:
            outcome = Outcome("skip", f"not tried, as {check.needs} failed")
        else:
            outcome, answered = _tried(trial, check)
            unanswered += not answered
        if outcome.verdict == "fail":
            broken.add(check.name)
        counts[outcome.verdict] += 1
        _print(f"{outcome.verdict} {check.name}: {outcome.said}")
    return counts


def _tried(trial: Trial, check: Check) -> tuple[Outcome, bool]:
    """What came of a check, and whether there was an answer where one was asked for."""
    try:
        return check.run(trial), True
    except SkippedError as skipped:
        return Outcome("skip", str(skipped)), True
    except NoAnswerError as error:
        return failed(str(error)), False


def _print(line: str) -> None:
    # At once: a pod that is killed for taking too long has said what it saw.
    print(line, flush=True)  # noqa: T201 - a command line
