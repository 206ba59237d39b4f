"""The page about an environment: what stands where, and how it looks on a screen."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from plate_llm_cli.cluster.events import EventLine
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.cluster.status.item import Item, Level, Problem, Root
from plate_llm_cli.cluster.status.page import Page
from plate_llm_cli.report.status import status_json, status_text

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DEPLOYMENT = Ref("apps/v1", "Deployment", "shop", "web")
SECRET = Ref("v1", "Secret", "shop", "web-env")
POD = Ref("v1", "Pod", "shop", "web-1")
WELL = Item(DEPLOYMENT, "2 of 2 ready", (), {"ready": 2})


def page(*items: Item, warnings: Sequence[EventLine] = (), unread: str = "") -> Page:
    return Page("prod", "shop", "gke", NOW, list(items), list(warnings), unread)


def unwell(level: Level, text: str = "crashed", advice: str = "look at its log") -> Item:
    return Item(DEPLOYMENT, "0 of 2 ready", (Problem(level, Root.CRASH, text, advice),))


def warning(number: int, message: str = "boom") -> EventLine:
    return EventLine(POD, f"Reason{number}", message, 1, NOW - timedelta(minutes=number))


def test_healthy() -> None:
    assert status_text(page(WELL), None) == (
        "ok  prod is healthy\n"
        "    shop in context gke, 2026-05-04 12:00:00 UTC\n"
        "\n"
        "ok  Deployment web: 2 of 2 ready\n"
        "ok  Events: no warning within the last hour\n"
    )


def test_not_healthy() -> None:
    lack = Problem(Level.FAILING, Root.KEYS, "is not there", "seed it")
    found = page(unwell(Level.FAILING), Item(SECRET, "is not there", (lack,)))
    assert status_text(found, None) == (
        "!!  prod is not healthy\n"
        "    Deployment web: crashed\n"
        "    to do: look at its log\n"
        "    shop in context gke, 2026-05-04 12:00:00 UTC\n"
        "\n"
        "!!  Deployment web: 0 of 2 ready\n"
        "    - crashed\n"
        "    to do: look at its log\n"
        "!!  Secret web-env: is not there\n"
        "    to do: seed it\n"
        "ok  Events: no warning within the last hour\n"
    )


def test_not_healthy_yet() -> None:
    lines = status_text(page(unwell(Level.WAITING)), None).splitlines()
    assert lines[0] == "..  prod is not healthy yet"
    assert lines[5] == "..  Deployment web: 0 of 2 ready"


def test_a_note_does_no_harm() -> None:
    lines = status_text(page(unwell(Level.NOTE)), None).splitlines()
    assert lines[0] == "ok  prod is healthy"
    assert lines[3:5] == ["!   Deployment web: 0 of 2 ready", "    - crashed"]


def test_what_could_not_be_read() -> None:
    hidden = Problem(Level.UNKNOWN, Root.ABSENT, "may not read Secret shop/web-env", "ask")
    found = page(WELL, Item(SECRET, hidden.text, (hidden,)), unread="may not list events in shop")
    lines = status_text(found, None).splitlines()
    assert lines[0] == "ok  prod is healthy, as far as can be seen (2 not read)"
    assert lines[4:] == [
        "??  Secret web-env: may not read Secret shop/web-env",
        "    to do: ask",
        "??  Events: may not list events in shop",
    ]


def test_what_keeps_it_from_being_judged() -> None:
    lines = status_text(page(unwell(Level.UNKNOWN, "may not list deployments")), None).splitlines()
    assert lines[:2] == [
        "??  prod cannot be judged",
        "    Deployment web: may not list deployments",
    ]


def test_what_to_do_is_said_once() -> None:
    text = status_text(page(unwell(Level.NOTE), unwell(Level.NOTE)), None)
    assert text.count("to do: look at its log") == 1


def test_the_newest_warnings_are_shown_short() -> None:
    many = [warning(number) for number in range(1, 8)]
    many[0] = EventLine(POD, "BackOff", "x" * 200, 9, NOW - timedelta(minutes=1), objects=3)
    lines = status_text(page(WELL, warnings=many), None).splitlines()[4:]
    assert lines[0] == f"!   Pod web-1 and 2 more: BackOff 9 times, 1m ago: {'x' * 120}…"
    assert lines[1] == "!   Pod web-1: Reason2, 2m ago: boom"
    assert lines[5:] == ["    and 2 more warnings"]


def test_a_narrow_screen() -> None:
    long = "the registry refuses the pull: harbor-docker-secret is missing or wrong"
    lines = status_text(page(unwell(Level.FAILING, long)), 40).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[1:4] == [
        "    Deployment web: the registry refuses",
        "    the pull: harbor-docker-secret is",
        "    missing or wrong",
    ]


def test_what_the_cluster_says_cannot_steer_the_terminal() -> None:
    text = status_text(page(unwell(Level.FAILING, "\x1b[2J\n::error::x\u202e")), None)
    assert "    - \\x1b[2J ::error::x\\u202e\n" in text


def test_colour_is_on_the_symbols_alone() -> None:
    found = page(unwell(Level.FAILING, "!! ok"))
    text = status_text(found, None, color=True)
    painted = ["\x1b[1;31m!!\x1b[0m", "\x1b[1;31m!!\x1b[0m", "\x1b[1;32mok\x1b[0m"]
    assert re.findall(r"\x1b\[1;\d+m\S+\x1b\[0m", text) == painted
    assert re.sub(r"\x1b\[[\d;]+m", "", text) == status_text(found, None)


def test_for_programs() -> None:
    found = page(unwell(Level.FAILING), warnings=[warning(1)])
    assert json.loads(status_json(found)) == {
        "version": 1,
        "environment": "prod",
        "namespace": "shop",
        "context": "gke",
        "at": "2026-05-04T12:00:00+00:00",
        "healthy": False,
        "state": "failing",
        "reason": {
            "kind": "Deployment",
            "name": "web",
            "namespace": "shop",
            "state": "failing",
            "text": "crashed",
            "advice": "look at its log",
        },
        "objects": [
            {
                "kind": "Deployment",
                "name": "web",
                "namespace": "shop",
                "state": "failing",
                "summary": "0 of 2 ready",
                "problems": [{"state": "failing", "text": "crashed", "advice": "look at its log"}],
                "facts": {},
            }
        ],
        "warnings": [
            {
                "kind": "Pod",
                "name": "web-1",
                "reason": "Reason1",
                "message": "boom",
                "count": 1,
                "objects": 1,
                "last": "2026-05-04T11:59:00+00:00",
            }
        ],
        "warnings_unread": None,
    }
