"""Smoke checks as Markdown, for a comment of a pull request or the summary of a job.

Text from outside stands within `<code>`, its marks as character references: those never begin
Markdown or HTML (CommonMark 0.31, section 2.5), and within code GitHub and GitLab notify nobody
whose name follows an `@`, and link no issue.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.smoke import duration, shortened, summary
from plate_llm_cli.smoke.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.check import Result
    from plate_llm_cli.smoke.runner import Run

MOST_BYTES: Final = 60_000
"""GitHub takes 65,536 characters of a comment."""
_MOST_ADVICE: Final = 20_000
_MOST_FRAME: Final = 1000
"""Headings of tables, and how many lines are left out."""
_MOST_SAID: Final = 300
"""Characters of a cell."""
_HEADINGS: Final = "| check | verdict | time | what was seen |\n| --- | --- | ---: | --- |\n"
_MARKS: Final = re.compile(r"[&<>|`*_\[\]\\~#@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def smoke_markdown(run: Run, tested: Tested) -> str:
    """A heading with the verdict, what is not well with what to do, the others folded away.

    At most `MOST_BYTES` of UTF-8: lines that are left out are counted.
    """
    loud = [*_of(run, Verdict.FAIL), *_of(run, Verdict.WARN)]
    quiet = [*_of(run, Verdict.SKIP), *_of(run, Verdict.PASS)]
    text = f"## {_heading(run, tested)}\n\n{_code(tested.line)}\n\n{summary(run)}\n"
    advice = _fitting([_advice(item) for item in loud if item.outcome.advice], _MOST_ADVICE)
    room = MOST_BYTES - _MOST_FRAME - _size(text) - _size(advice)
    if loud:
        rows = _fitting([_row(item) for item in loud], room)
        room -= _size(rows)
        text += f"\n{_HEADINGS}{rows}"
    if advice:
        text += f"\n### What to do\n\n{advice}"
    if quiet:
        rows = _fitting([_row(item) for item in quiet], room)
        text += f"\n<details><summary>{_rest(run)}</summary>\n\n{_HEADINGS}{rows}\n</details>\n"
    return text


def _of(run: Run, verdict: Verdict) -> Iterator[Result]:
    return (item for item in run.results if item.outcome.verdict is verdict)


def _heading(run: Run, tested: Tested) -> str:
    who = f" of {_code(tested.env)}" if tested.env else ""
    if run.unreachable:
        return f"Smoke test{who}: nothing answered"
    if run.failed:
        return f"Smoke test{who}: failed"
    if run.count(Verdict.SKIP) == len(run.results):
        return f"Smoke test{who}: nothing was tried"
    return f"Smoke test{who}: passed"


def _rest(run: Run) -> str:
    counts = [(run.count(Verdict.SKIP), "skipped"), (run.count(Verdict.PASS), "passed")]
    return ", ".join(f"{count} {said}" for count, said in counts if count)


def _row(result: Result) -> str:
    verdict = result.outcome.verdict
    time = "" if verdict is Verdict.SKIP else duration(result.seconds)
    strong = f"**{verdict}**" if verdict is Verdict.FAIL else verdict.value
    cells = (_code(result.check.name), strong, time, _code(result.outcome.said))
    return f"| {' | '.join(cells)} |\n"


def _advice(result: Result) -> str:
    return f"- {_code(result.check.name)}: {_code(result.outcome.advice)}\n"


def _fitting(lines: Sequence[str], most: int) -> str:
    """As many of `lines` as fit into `most` bytes."""
    text = ""
    for number, line in enumerate(lines):
        if _size(text) + _size(line) > most:
            return f"{text}\n{len(lines) - number} more are left out.\n"
        text += line
    return text


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _code(text: str) -> str:
    said = shortened(text, _MOST_SAID)
    marked = _MARKS.sub(lambda match: f"&#{ord(match[0])};", said)
    return f"<code>{marked}</code>" if marked else ""
