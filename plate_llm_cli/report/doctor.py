"""What the doctor saw: a line a thing, by area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.doctor.checks import State
from plate_llm_cli.report.columns import described
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.doctor.checks import Line

_SIGN = re.compile(r"^(?P<head>  )(?P<sign>warn|fail)(?= )", re.MULTILINE)
_COLORS = {"warn": 35, "fail": 31}


def doctor_text(lines: Sequence[Line], width: int | None, *, color: bool = False) -> str:
    """A block an area, then how much there is to do."""
    areas = dict.fromkeys(line.area for line in lines)
    rows = {area: [_row(line) for line in lines if line.area == area] for area in areas}
    blocks = [f"{one_line(area)}\n{described(rows[area], width)}" for area in areas]
    text = "\n".join([*blocks, summary(lines) + "\n"])
    return _SIGN.sub(_painted, text) if color else text


def summary(lines: Sequence[Line]) -> str:
    """How many things are not well."""
    failed = sum(line.state is State.FAIL for line in lines)
    warned = sum(line.state is State.WARN for line in lines)
    if not failed and not warned:
        return "all is well"
    counts = [(failed, "does not work" if failed == 1 else "do not work"), (warned, "to know of")]
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def doctor_json(lines: Sequence[Line]) -> str:
    """The same for programs."""
    return json_text(
        {
            "version": 1,
            "checks": [
                {
                    "area": line.area,
                    "name": line.name,
                    "state": line.state.value,
                    "message": line.said,
                    "advice": line.advice or None,
                }
                for line in lines
            ],
            "summary": {state.value: sum(line.state is state for line in lines) for state in State},
        }
    )


def _row(line: Line) -> tuple[str, str, str]:
    advice = f": {line.advice}" if line.advice else ""
    return (f"  {line.state:4}", one_line(line.name), one_line(f"{line.said}{advice}"))


def _painted(match: re.Match[str]) -> str:
    return f"{match['head']}\x1b[{_COLORS[match['sign']]}m{match['sign']}\x1b[0m"
