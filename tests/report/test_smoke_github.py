"""Smoke checks as annotations of a GitHub workflow."""

from __future__ import annotations

from plate_llm_cli.report.github import LONGEST_MESSAGE
from plate_llm_cli.report.smoke_github import smoke_github
from plate_llm_cli.smoke.check import failed
from tests.report.smoke_runs import (
    ANY_URL,
    HOSTILE,
    LONG,
    MIXED,
    STAGING,
    WELL,
    result,
    run_of,
)

WHOLE = """\
::error title=smoke stg%3A readyz::not ready: no key%0Ahelp: plate-llm status stg
::warning title=smoke stg%3A old-token::taken, but only until noon%0Ahelp: renew it
::group::6 checks of https://llm.example.org
stg: https://llm.example.org, through its ingress, connected to 10.0.0.12:443

health
  pass  livez        9 ms  in 9 ms
  FAIL  readyz     214 ms  not ready: no key
                           -> plate-llm status stg

login
  WARN  old-token   1.3 s  taken, but only until noon
                           -> renew it

api
  skip  2 checks           not tried, as readyz failed: chat, stream
  skip  cache              nothing is kept

failed: readyz
::endgroup::
1 passed, 1 to know of, 1 failed, 3 skipped in 3.4 s; 412 tokens spent
"""


def test_the_whole_of_a_run() -> None:
    assert smoke_github(MIXED, STAGING) == WHOLE


def test_a_good_run_has_no_annotations() -> None:
    assert smoke_github(WELL, ANY_URL) == (
        "::group::2 checks of http://127.0.0.1:8000\n"
        "http://127.0.0.1:8000\n"
        "\n"
        "health\n"
        "  pass  livez     9 ms  in 9 ms\n"
        "  pass  version  10 ms  1.4.2\n"
        "\n"
        "::endgroup::\n"
        "2 passed in 500 ms\n"
    )


def test_what_github_would_drop_stands_in_the_log_alone() -> None:
    found = [result(f"check-{number}", failed("wrong", "")) for number in range(12)]
    lines = smoke_github(run_of(*found), ANY_URL).splitlines()
    assert [line for line in lines if line.startswith("::error")] == [
        f"::error title=smoke%3A check-{number}::wrong" for number in range(10)
    ]
    assert "  FAIL  check-11  0 ms  wrong" in lines


def test_a_hostile_text_is_a_message_and_nothing_else() -> None:
    lines = smoke_github(HOSTILE, ANY_URL).splitlines()
    seen = (
        r"\x1b[31m::error::x ::add-mask::x #\x23[stop-commands]y ]]> a|b `c` <script>&amp; @all "
        r"\u202e [l](http://x) ![i](www.x.org) *b* _e_ ~~s~~ \| \x00"
    )
    assert lines[0] == f"::error title=smoke%3A livez::{seen}%0Ahelp: {seen}"


def test_advice_is_not_cut_off_by_what_was_seen() -> None:
    line = smoke_github(run_of(result("readyz", failed("\x1b" * 10_000, LONG))), ANY_URL)
    message = line.splitlines()[0].partition("title=smoke%3A readyz::")[2]
    said, _, advice = message.partition("%0Ahelp: ")
    assert (len(said), len(advice)) == (1500, 1500)
    assert len(message) < LONGEST_MESSAGE
