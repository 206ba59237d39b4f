"""Smoke checks as JUnit XML: one suite, a case a check.

A case keeps class and name from run to run, so that GitLab and Jenkins can compare them; see
`junit.py`. What to know of stands in the output of a case that passed: CI stays green.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.report.junit import LONGEST_NAME, PRODUCT, sums
from plate_llm_cli.report.smoke import shortened
from plate_llm_cli.report.untrusted import one_line, xml_attribute, xml_text
from plate_llm_cli.smoke.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.report.smoke import Tested
    from plate_llm_cli.smoke.check import Outcome, Result
    from plate_llm_cli.smoke.runner import Run

_MOST_MESSAGE: Final = 400
"""Characters of an attribute, which viewers show in a line; the text has all."""


def smoke_junit(run: Run, tested: Tested) -> str:
    """The document; what failed has its message and advice, what was skipped says why."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *_lines(run, tested)]) + "\n"


def _lines(run: Run, tested: Tested) -> Iterator[str]:
    counts = sums(len(run.results), run.count(Verdict.FAIL), run.count(Verdict.SKIP))
    counts += f' time="{run.seconds:.3f}"'
    name = _attribute(f"{PRODUCT} {tested.name}")
    yield f'<testsuites name="{PRODUCT}" {counts}>'
    yield f"  <testsuite name={name} {counts}>"
    yield "    <properties>"
    for key, value in _properties(run, tested).items():
        yield f'      <property name="{key}" value={_attribute(value)}/>'
    yield "    </properties>"
    for result in run.results:
        yield from _case(result, tested)
    yield "  </testsuite>"
    yield "</testsuites>"


def _properties(run: Run, tested: Tested) -> dict[str, str]:
    known = {
        "url": tested.target.url,
        "environment": tested.env,
        "way": tested.target.way.value,
        "address": tested.address,
        "tokens": str(run.spent),
    }
    return {key: value for key, value in known.items() if value}


def _case(result: Result, tested: Tested) -> Iterator[str]:
    classname = _attribute(f"{tested.name}: {result.check.area}")
    name = _attribute(f"{result.check.name}: {result.check.about}"[:LONGEST_NAME])
    case = f'    <testcase classname={classname} name={name} time="{result.seconds:.3f}"'
    told = _told(result.outcome)
    if not told:
        yield f"{case}/>"
        return
    yield f"{case}>"
    yield f"      {told}"
    yield "    </testcase>"


def _told(outcome: Outcome) -> str:
    """What stands within the case; nothing where all is well."""
    message = _attribute(shortened(outcome.said, _MOST_MESSAGE))
    text = one_line(outcome.said)
    if outcome.advice:
        text += f"\nhelp: {one_line(outcome.advice)}"
    if outcome.verdict is Verdict.FAIL:
        return f'<failure message={message} type="fail">{xml_text(text)}</failure>'
    if outcome.verdict is Verdict.SKIP:
        return f"<skipped message={message}/>"
    if outcome.verdict is Verdict.WARN:
        return f"<system-out>{xml_text(f'to know of: {text}')}</system-out>"
    return ""


def _attribute(text: str) -> str:
    return xml_attribute(one_line(text))
