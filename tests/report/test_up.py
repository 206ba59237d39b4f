from __future__ import annotations

import json

from plate_llm_cli.local.differences import Difference
from plate_llm_cli.local.service import Ports
from plate_llm_cli.report.up import Started, calls_text, differences_text, up_json
from plate_llm_cli.report.up_log import log_line

PORT = Difference("PORT", "8000", "4321", "a free port")
CACHE = Difference("CACHE_URL", "redis://plate-cache", "", "caches in the process")
STARTED = Started("stg", Ports(4321, 4322), "echo", True, (PORT, CACHE))
OPEN = Started("stg", Ports(4321, 4322), "echo", False, ())
REQUEST = {
    "time": "2026-11-26T08:45:12.345Z",
    "level": "info",
    "message": "POST /v1/chat/completions 200",
    "logger": "service.request",
    "route": "/v1/chat/completions",
    "method": "POST",
    "status": 200,
    "duration_ms": 12.3,
    "subject": "0123456789abcdef",
    "model": "echo",
    "cache": "",
}


def test_differences_are_a_line_a_variable() -> None:
    assert differences_text(STARTED, 100) == (
        "not as in stg's pods\n"
        "  PORT       4321       a free port\n"
        "  CACHE_URL  (not set)  caches in the process\n"
    )


def test_calls_can_be_copied() -> None:
    text = calls_text(STARTED)
    assert "\nexport TOKEN=$(plate-llm up --token)\ncurl http://127.0.0.1:4321/v1/chat" in text
    assert '-H "Authorization: Bearer $TOKEN"' in text
    assert "\nimport os\nimport openai\nclient = openai.OpenAI(\n" in text
    assert '    api_key=os.environ["TOKEN"],\n' in text
    assert "\nagain    plate-llm smoke --local\n" in text


def test_calls_name_the_tree_that_was_named() -> None:
    assert "$(plate-llm -C '/a tree' up --token)" in calls_text(STARTED, "/a tree")


def test_service_that_asks_for_no_token_is_called_without() -> None:
    assert "TOKEN" not in calls_text(OPEN)
    assert "Authorization" not in calls_text(OPEN)
    assert "\n\nimport openai\nclient = openai.OpenAI(\n" in calls_text(OPEN)


def test_json_has_what_is_here_and_what_is_there() -> None:
    document = json.loads(up_json(STARTED, '{"version": 1}'))
    assert document == {
        "version": 1,
        "environment": "stg",
        "url": "http://127.0.0.1:4321",
        "metrics_url": "http://127.0.0.1:4322/metrics",
        "model": "echo",
        "asks_for_tokens": True,
        "differences": [
            {"variable": "PORT", "there": "8000", "here": "4321", "why": "a free port"},
            {
                "variable": "CACHE_URL",
                "there": "redis://plate-cache",
                "here": None,
                "why": "caches in the process",
            },
        ],
        "smoke": {"version": 1},
    }


def test_request_in_the_log_is_its_status_route_and_time() -> None:
    line = log_line(REQUEST)
    assert line == "08:45:12.345 info     200 POST /v1/chat/completions 12 ms  model=echo"


def test_other_line_of_the_log_is_its_message() -> None:
    entry = {"time": "2026-11-26T08:45:12.345Z", "level": "info", "message": "draining"}
    assert log_line(entry, color=True) == "08:45:12.345 info     draining"


def test_warning_of_the_log_is_seen() -> None:
    entry = {"level": "warning", "message": "slow"}
    assert log_line(entry, color=True) == "\x1b[1;35m warning  slow\x1b[0m"


def test_nothing_in_the_log_steers_the_terminal() -> None:
    entry = REQUEST | {"model": "a\x1b[2Jb", "route": "/x\ny"}
    assert log_line(entry).endswith(r"200 POST /x y 12 ms  model=a\x1b[2Jb")


def test_log_line_without_end_is_cut() -> None:
    assert len(log_line({"message": "x" * 5000})) == 400
