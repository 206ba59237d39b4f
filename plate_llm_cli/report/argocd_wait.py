"""How a wait for an Application goes, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.argocd.application import short
from plate_llm_cli.report.columns import described
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.untrusted import json_text, one_line

if TYPE_CHECKING:
    from plate_llm_cli.cluster.argocd.application import LiveApplication
    from plate_llm_cli.cluster.argocd.evidence import Evidence
    from plate_llm_cli.cluster.argocd.verdict import Verdict
    from plate_llm_cli.cluster.argocd.waiting import Outcome
    from plate_llm_cli.cluster.events import EventLine
    from plate_llm_cli.cluster.objects import Ref
    from plate_llm_cli.cluster.pods import Trouble


def progress_line(app: LiveApplication, verdict: Verdict, seconds: float, width: int) -> str:
    """Where the wait stands, on one line of `width` cells at most."""
    state = " ".join(part for part in (app.sync, app.health) if part) or "not looked at"
    reason = "" if verdict.reason == app.health else f": {verdict.reason}"
    text = one_line(f"{app.ref.name} {seconds:.0f} s: {state}{reason}")
    if cell_width(text) < width:
        return text
    kept = text[: max(width - 2, 1)]
    while cell_width(kept) > width - 2 and len(kept) > 1:
        kept = kept[:-1]
    return f"{kept}…"


def outcome_text(name: str, outcome: Outcome, evidence: Evidence, width: int | None) -> str:
    """How it ended: a line when it is up, else why not and what is in the way."""
    time = f"{outcome.seconds:.0f} s"
    if outcome.done:
        assert outcome.app is not None  # noqa: S101 - for the type checker: something was seen
        at = one_line(short(outcome.app.revisions))
        return f"{one_line(name)} is Synced and Healthy{at and f' at {at}'} ({time})\n"
    what = f"did not come up within {time}" if outcome.timed_out else f"will not come up ({time})"
    rows = [("why", outcome.verdict.reason), ("to do", outcome.verdict.advice)]
    rows = _without_repetition(rows + _status_rows(outcome.app))
    head = f"{one_line(name)} {what}\n" + _rows(rows, width)
    return head + evidence_text(evidence, width)


def _without_repetition(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the reason where it is the health alone, and the sync's message where it is in it."""
    known = dict(rows)
    why, (_, _, message) = known["why"], known.get("operation", "").partition(": ")
    said = {"why": why == known.get("health"), "operation": bool(message) and message in why}
    return [row for row in rows if not said.get(row[0])]


def evidence_text(evidence: Evidence, width: int | None) -> str:
    """What is in the way: objects, containers and events, a block each."""
    blocks = {
        "objects": [
            (str(item.ref), _joined(item.state, item.message)) for item in evidence.objects
        ],
        "containers": [(_container(ref, it), _trouble(it)) for ref, it in evidence.troubles],
        "events": [(str(item.about), _event(item)) for item in evidence.events],
    }
    text = "".join(f"\n{title}\n{_rows(rows, width)}" for title, rows in blocks.items() if rows)
    return text + "".join(f"\nnot looked at: {one_line(note)}\n" for note in evidence.notes)


def _joined(state: str, message: str) -> str:
    return f"{state}: {message}" if message else state


def _container(ref: Ref, trouble: Trouble) -> str:
    return f"{ref} {trouble.container}".rstrip()


def _trouble(trouble: Trouble) -> str:
    restarts = f" ({trouble.restarts} restarts)" if trouble.restarts else ""
    advice = f"; {trouble.advice}" if trouble.advice else ""
    return f"{trouble.what}{restarts}: {trouble.cause}{advice}"


def _event(event: EventLine) -> str:
    times = f" (x{event.count})" if event.count > 1 else ""
    return f"{event.reason}{times}: {event.message}"


def outcome_json(name: str, outcome: Outcome, evidence: Evidence) -> str:
    """The same for programs."""
    app = outcome.app
    data: dict[str, Any] = {
        "version": 1,
        "application": name,
        "state": "up" if outcome.done else "timeout" if outcome.timed_out else "failed",
        "reason": outcome.verdict.reason,
        "advice": outcome.verdict.advice or None,
        "seconds": round(outcome.seconds, 1),
        "sync": app.sync if app else None,
        "health": app.health if app else None,
        "revisions": list(app.revisions) if app else [],
        "objects": [
            {"object": str(item.ref), "state": item.state, "message": item.message}
            for item in evidence.objects
        ],
        "containers": [
            {
                "pod": str(ref),
                "container": item.container or None,
                "reason": item.what,
                "cause": item.cause,
                "advice": item.advice or None,
                "restarts": item.restarts,
            }
            for ref, item in evidence.troubles
        ],
        "events": [
            {
                "object": str(item.about),
                "reason": item.reason,
                "message": item.message,
                "count": item.count,
            }
            for item in evidence.events
        ],
        "notes": list(evidence.notes),
    }
    return json_text(data)


def status_text(app: LiveApplication | None, verdict: Verdict, width: int | None) -> str:
    """The last that was seen, for a wait that was interrupted."""
    return _rows([("last seen", verdict.reason), *_status_rows(app)], width)


def _status_rows(app: LiveApplication | None) -> list[tuple[str, str]]:
    if app is None:
        return []
    at = short(app.revisions)
    operation = app.operation
    return [
        ("sync", f"{app.sync or 'not compared yet'}{at and f' at {at}'}"),
        ("health", app.health or "not known yet"),
        ("operation", f"{operation.phase}: {operation.message}" if operation else ""),
    ]


def _rows(rows: list[tuple[str, str]], width: int | None) -> str:
    return described(
        [(f"  {one_line(head)}", one_line(text)) for head, text in rows if text], width
    )
