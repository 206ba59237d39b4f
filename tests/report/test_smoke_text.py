"""Smoke checks on a screen, in a log, and in colours."""

from __future__ import annotations

from plate_llm_cli.report.smoke_text import smoke_text
from plate_llm_cli.smoke.check import failed, passed, skipped, untried
from tests.report.smoke_runs import (
    ANY_URL,
    HOSTILE,
    LONG,
    MIXED,
    STAGING,
    WELL,
    result,
    run_of,
    runner_commands,
)


def test_the_whole_of_a_run_in_a_log() -> None:
    assert smoke_text(MIXED, STAGING) == (
        "stg: https://llm.example.org, through its ingress, connected to 10.0.0.12:443\n"
        "\n"
        "health\n"
        "  pass  livez        9 ms  in 9 ms\n"
        "  FAIL  readyz     214 ms  not ready: no key\n"
        "                           -> plate-llm status stg\n"
        "\n"
        "login\n"
        "  WARN  old-token   1.3 s  taken, but only until noon\n"
        "                           -> renew it\n"
        "\n"
        "api\n"
        "  skip  2 checks           not tried, as readyz failed: chat, stream\n"
        "  skip  cache              nothing is kept\n"
        "\n"
        "failed: readyz\n"
        "1 passed, 1 to know of, 1 failed, 3 skipped in 3.4 s; 412 tokens spent\n"
    )


def test_prose_goes_on_below_itself() -> None:
    said = "not ready: the provider refuses the key, and the cache does not answer"
    found = run_of(result("readyz", failed(said, "look at what the log says of both of them"), 0.2))
    assert smoke_text(found, ANY_URL, 60) == (
        "http://127.0.0.1:8000\n"
        "\n"
        "health\n"
        "  FAIL  readyz  200 ms  not ready: the provider refuses the\n"
        "                        key, and the cache does not answer\n"
        "                        -> look at what the log says of both\n"
        "                           of them\n"
        "\n"
        "failed: readyz\n"
        "1 failed in 500 ms\n"
    )


def test_prose_stands_below_the_name_on_a_narrow_screen() -> None:
    assert smoke_text(MIXED, STAGING, 40) == (
        "stg: https://llm.example.org, through\n"
        "  its ingress, connected to\n"
        "  10.0.0.12:443\n"
        "\n"
        "health\n"
        "  pass  livez  9 ms\n"
        "        in 9 ms\n"
        "  FAIL  readyz  214 ms\n"
        "        not ready: no key\n"
        "        -> plate-llm status stg\n"
        "\n"
        "login\n"
        "  WARN  old-token  1.3 s\n"
        "        taken, but only until noon\n"
        "        -> renew it\n"
        "\n"
        "api\n"
        "  skip  2 checks\n"
        "        not tried, as readyz failed:\n"
        "        chat, stream\n"
        "  skip  cache\n"
        "        nothing is kept\n"
        "\n"
        "failed: readyz\n"
        "1 passed, 1 to know of, 1 failed, 3\n"
        "skipped in 3.4 s; 412 tokens spent\n"
    )


def test_quiet_leaves_out_what_is_well_or_held_back() -> None:
    assert smoke_text(MIXED, ANY_URL, quiet=True) == (
        "http://127.0.0.1:8000\n"
        "\n"
        "health\n"
        "  FAIL  readyz     214 ms  not ready: no key\n"
        "                           -> plate-llm status stg\n"
        "\n"
        "login\n"
        "  WARN  old-token   1.3 s  taken, but only until noon\n"
        "                           -> renew it\n"
        "\n"
        "failed: readyz\n"
        "1 passed, 1 to know of, 1 failed, 3 skipped in 3.4 s; 412 tokens spent\n"
    )


def test_quiet_shows_what_could_not_be_tried() -> None:
    run = run_of(result("valid-token", untried("no key")))
    assert "  skip  valid-token    no key\n" in smoke_text(run, ANY_URL, quiet=True)


def test_quiet_of_a_good_run_is_its_summary() -> None:
    assert smoke_text(WELL, ANY_URL, quiet=True) == (
        "http://127.0.0.1:8000\n\n2 passed in 500 ms\n"
    )


def test_colours_mark_the_verdict_and_the_names_of_what_failed() -> None:
    lines = smoke_text(MIXED, ANY_URL, 80, color=True).splitlines()
    assert [line for line in lines if "\x1b" in line] == [
        "  \x1b[32mpass\x1b[0m  livez        9 ms  in 9 ms",
        "  \x1b[1;31mFAIL\x1b[0m  \x1b[1;31mreadyz\x1b[0m     214 ms  not ready: no key",
        "  \x1b[1;35mWARN\x1b[0m  old-token   1.3 s  taken, but only until noon",
        "  \x1b[2mskip\x1b[0m  2 checks           not tried, as readyz failed: chat, stream",
        "  \x1b[2mskip\x1b[0m  cache              nothing is kept",
        "\x1b[1;31mfailed: readyz\x1b[0m",
    ]


def test_skips_with_something_between_them_stay_apart() -> None:
    why = skipped("not tried, as livez failed")
    found = run_of(result("a", why), result("b", passed("well")), result("c", why))
    assert smoke_text(found, ANY_URL).splitlines()[3:6] == [
        "  skip  a        not tried, as livez failed",
        "  pass  b  0 ms  well",
        "  skip  c        not tried, as livez failed",
    ]


def test_areas_that_were_skipped_whole_for_one_reason_stand_together() -> None:
    why = skipped("not tried, as dns failed")
    found = run_of(
        result("dns", failed("no address", "add one"), area="reach"),
        result("tcp", why, area="reach"),
        result("livez", why, area="health"),
        result("readyz", why, area="health"),
        result("chat", why, area="chat"),
        result("latency", skipped("no budget"), area="limits"),
    )
    assert smoke_text(found, ANY_URL) == (
        "http://127.0.0.1:8000\n"
        "\n"
        "reach\n"
        "  FAIL  dns       0 ms  no address\n"
        "                        -> add one\n"
        "  skip  tcp             not tried, as dns failed\n"
        "\n"
        "health, chat\n"
        "  skip  3 checks        not tried, as dns failed\n"
        "\n"
        "limits\n"
        "  skip  latency         no budget\n"
        "\n"
        "failed: dns\n"
        "1 failed, 5 skipped in 500 ms\n"
    )


def test_a_long_reason_is_told_once() -> None:
    why = untried(f"no key: {'x' * 60}.")
    found = run_of(
        result("a", why, area="auth"),
        result("b", why, area="auth"),
        result("c", why, area="chat"),
        result("d", passed("well"), area="chat"),
    )
    assert smoke_text(found, ANY_URL) == (
        "http://127.0.0.1:8000\n"
        "\n"
        "auth\n"
        f"  skip  2 checks        no key: {'x' * 60}: a, b\n"
        "\n"
        "chat\n"
        "  skip  c               for the same reason as a\n"
        "  pass  d         0 ms  well\n"
        "\n"
        "1 passed, 3 skipped (3 could not be tried) in 500 ms\n"
    )


def test_wide_characters_keep_the_columns() -> None:
    found = run_of(result("설명", passed("well")), result("readyz", passed("well")))
    assert smoke_text(found, ANY_URL).splitlines()[3:5] == [
        "  pass  설명    0 ms  well",
        "  pass  readyz  0 ms  well",
    ]


def test_a_long_text_is_cut() -> None:
    found = run_of(result("readyz", failed(LONG, LONG)))
    cut = f"{'x' * 264} … {'x' * 133}"
    assert smoke_text(found, ANY_URL).splitlines()[3:5] == [
        f"  FAIL  readyz  0 ms  {cut}",
        f"                      -> {cut}",
    ]


def test_a_hostile_text_is_written_out() -> None:
    line = smoke_text(HOSTILE, ANY_URL).splitlines()[3]
    assert line == (
        r"  FAIL  livez    100 ms  \x1b[31m::error::x ::add-mask::x #\x23[stop-commands]y ]]> a|b "
        r"`c` <script>&amp; @all \u202e [l](http://x) ![i](www.x.org) *b* _e_ ~~s~~ \| \x00"
    )


def test_a_word_that_begins_a_line_is_no_command_of_a_runner() -> None:
    found = run_of(result("readyz", failed(f"{'y' * 60} ::error::x", "")))
    text = smoke_text(found, ANY_URL, 80)
    assert text.splitlines()[4] == r"                      \x3a:error::x"
    assert runner_commands(text) == []
