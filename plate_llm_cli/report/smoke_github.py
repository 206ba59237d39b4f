"""Smoke checks as annotations of a GitHub workflow, then all of them for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.github import SHOWN, annotation
from plate_llm_cli.report.smoke import shortened, summary
from plate_llm_cli.report.smoke_text import smoke_text
from plate_llm_cli.report.untrusted import line_start, one_line
from plate_llm_cli.smoke.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.check import Result
    from plate_llm_cli.smoke.runner import Run

_COMMANDS: Final = {Verdict.FAIL: "error", Verdict.WARN: "warning"}
_MOST_SAID: Final = 1500
"""Characters of each text, so that what the runner cuts is never the advice."""


def smoke_github(run: Run, tested: Tested) -> str:
    """What failed and what is to know of as annotations, every check folded away, the summary.

    More annotations than GitHub shows are not made: the folded text has those checks.
    """
    lines: list[str] = []
    for verdict, command in _COMMANDS.items():
        found = [item for item in run.results if item.outcome.verdict is verdict]
        lines += [_annotation(command, item, tested) for item in found[:SHOWN]]
    text = smoke_text(run, tested).rstrip("\n").split("\n")[:-1]
    title = line_start(f"{len(run.results)} checks of {one_line(tested.target.url)}")
    lines += [f"::group::{title}", *text, "::endgroup::", summary(run)]
    return "\n".join(lines) + "\n"


def _annotation(command: str, result: Result, tested: Tested) -> str:
    title = f"{tested.name}: {result.check.name}"
    return annotation(command, {"title": one_line(title)}, _message(result))


def _message(result: Result) -> Iterator[str]:
    outcome = result.outcome
    yield shortened(outcome.said, _MOST_SAID) or one_line(result.check.about)
    if outcome.advice:
        yield f"help: {shortened(outcome.advice, _MOST_SAID)}"
