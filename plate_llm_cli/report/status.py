"""How an environment is doing: a page for people, and the same for programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.cluster.status.ages import ago, stamp
from plate_llm_cli.cluster.status.item import Level
from plate_llm_cli.report.columns import described
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.cluster.events import EventLine
    from plate_llm_cli.cluster.status.item import Item, Problem
    from plate_llm_cli.cluster.status.page import Page

_SYMBOLS: Final = {
    Level.OK: "ok",
    Level.NOTE: "!",
    Level.UNKNOWN: "??",
    Level.WAITING: "..",
    Level.FAILING: "!!",
}
_COLORS: Final = {"ok": 32, "!": 35, "??": 35, "..": 39, "!!": 31}
"""Those that show on black and on white; 39 is the terminal's own."""
_SYMBOL: Final = re.compile(r"(?m)^(ok|!!|!|\?\?|\.\.)(?= |$)")
_VERDICTS: Final = {
    Level.UNKNOWN: "cannot be judged",
    Level.WAITING: "is not healthy yet",
    Level.FAILING: "is not healthy",
}
_TO_DO: Final = "to do: "
_MOST_WARNINGS: Final = 5
_LONGEST: Final = 120
"""Characters of a warning, and of the reason at the top; programs get more."""


def status_text(page: Page, width: int | None, *, color: bool = False) -> str:
    """The verdict, then a line for each object; what is not well has its reasons below."""
    rows = [*_rows(page.items), *_warnings(page)]
    text = _listed(_head(page), width) + "\n" + _listed(rows, width)
    return _SYMBOL.sub(_painted, text) if color else text


def _painted(match: re.Match[str]) -> str:
    return f"\x1b[1;{_COLORS[match[0]]}m{match[0]}\x1b[0m"


def _listed(rows: Iterable[tuple[str, str]], width: int | None) -> str:
    return described([(symbol, one_line(text)) for symbol, text in rows], width)


def _head(page: Page) -> Iterator[tuple[str, str]]:
    verdict = _VERDICTS.get(page.level, "is healthy")
    if page.healthy and page.unknown:
        verdict += f", as far as can be seen ({page.unknown} not read)"
    yield "ok" if page.healthy else _SYMBOLS[page.level], f"{page.env} {verdict}"
    if page.reason:
        item, problem = page.reason
        yield "", f"{item.ref.kind} {item.ref.name}: {_ends(problem.text)}"
        if problem.advice:
            yield "", f"{_TO_DO}{problem.advice}"
    at = f", {page.at:%Y-%m-%d %H:%M:%S} UTC" if page.at else ""
    yield "", f"{page.namespace} in context {page.context}{at}"


def _rows(items: Iterable[Item]) -> Iterator[tuple[str, str]]:
    """What to do is said once, where several objects need the same."""
    said: set[str] = set()
    for item in items:
        yield _SYMBOLS[item.level], f"{item.ref.kind} {item.ref.name}: {item.summary}"
        for problem in item.problems:
            if problem.text != item.summary:
                yield "", f"- {problem.text}"
            if problem.advice and problem.advice not in said:
                yield "", f"  {_TO_DO}{problem.advice}"
                said.add(problem.advice)


def _warnings(page: Page) -> Iterator[tuple[str, str]]:
    if page.unread:
        yield _SYMBOLS[Level.UNKNOWN], f"Events: {page.unread}"
        return
    if not page.warnings:
        yield "ok", "Events: no warning within the last hour"
        return
    symbol = _SYMBOLS[Level.NOTE]
    for line in page.warnings[:_MOST_WARNINGS]:
        times = f" {line.count} times" if line.count > 1 else ""
        many = f" and {line.objects - 1} more" if line.objects > 1 else ""
        who = f"{line.about.kind} {line.about.name}{many}"
        when = ago(line.last, page.at)
        yield symbol, f"{who}: {line.reason}{times}, {when}: {_cut(line.message)}"
    if (more := len(page.warnings) - _MOST_WARNINGS) > 0:
        yield "", f"and {more} more warnings"


def _ends(message: str) -> str:
    """Begin and end: the cause stands last, and the whole message further down on the page."""
    half = _LONGEST // 2
    return message if len(message) <= _LONGEST else f"{message[:half]} … {message[-half:]}"


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"


def status_json(page: Page) -> str:
    """The same for programs; times are in ISO 8601, of the cluster's clock."""
    reason = page.reason
    data: dict[str, Any] = {
        "version": 1,
        "environment": page.env,
        "namespace": page.namespace,
        "context": page.context,
        "at": stamp(page.at),
        "healthy": page.healthy,
        "state": page.level.value,
        "reason": _about(reason[0]) | _problem(reason[1]) if reason else None,
        "objects": [_object(item) for item in page.items],
        "warnings": [_event(line) for line in page.warnings],
        "warnings_unread": page.unread or None,
    }
    return json_text(data)


def _about(item: Item) -> dict[str, Any]:
    ref = item.ref
    return {"kind": ref.kind, "name": ref.name, "namespace": ref.namespace or None}


def _object(item: Item) -> dict[str, Any]:
    return _about(item) | {
        "state": item.level.value,
        "summary": item.summary,
        "problems": [_problem(problem) for problem in item.problems],
        "facts": dict(item.facts),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"state": problem.level.value, "text": problem.text, "advice": problem.advice or None}


def _event(line: EventLine) -> dict[str, Any]:
    return {
        "kind": line.about.kind,
        "name": line.about.name,
        "reason": line.reason,
        "message": line.message,
        "count": line.count,
        "objects": line.objects,
        "last": stamp(line.last),
    }
