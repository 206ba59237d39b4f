"""What all reports of smoke checks have in common."""

from __future__ import annotations

import pytest

from plate_llm_cli.options import SmokeFormat
from plate_llm_cli.report import smoke
from plate_llm_cli.report.smoke import duration, shortened, summary
from plate_llm_cli.report.smoke_registry import SMOKE_REPORTS
from plate_llm_cli.smoke.target import Target, Way
from tests.report.smoke_runs import (
    ANY_URL,
    HOSTILE,
    HOSTILE_TARGET,
    MIXED,
    STAGING,
    WELL,
    run_of,
    runner_commands,
)


def test_every_format_of_the_command_line_is_written() -> None:
    assert list(SMOKE_REPORTS) == [name.value for name in SmokeFormat]


@pytest.mark.parametrize("name", SMOKE_REPORTS)
def test_nothing_from_outside_steers_a_terminal_or_a_runner(name: str) -> None:
    text = SMOKE_REPORTS[name](HOSTILE, HOSTILE_TARGET)
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    ours = ("::error title=", "::warning title=", "::group::4 checks of ", "::endgroup::")
    found = runner_commands(text)
    assert all(line.startswith(ours) for line in found)
    assert len(found) == (4 if name == "github" else 0)


@pytest.mark.parametrize("name", SMOKE_REPORTS)
def test_a_run_without_checks_can_be_written(name: str) -> None:
    assert SMOKE_REPORTS[name](run_of(), ANY_URL).endswith("\n")


@pytest.mark.parametrize(
    ("tested", "line"),
    [
        (STAGING, "stg: https://llm.example.org, through its ingress, connected to 10.0.0.12:443"),
        (ANY_URL, "http://127.0.0.1:8000"),
        (
            smoke.Tested(Target("http://llm", Way.IN_CLUSTER), "prod"),
            "prod: http://llm, from inside the cluster",
        ),
        (
            smoke.Tested(Target("http://llm", Way.PORT_FORWARD, ("::1", 4711))),
            "http://llm, through a port-forward, connected to [::1]:4711",
        ),
    ],
)
def test_it_is_told_what_was_tested(tested: smoke.Tested, line: str) -> None:
    assert tested.line == line


def test_the_summary_counts_verdicts_and_tokens() -> None:
    assert summary(MIXED) == (
        "1 passed, 1 to know of, 1 failed, 3 skipped in 3.4 s; 412 tokens spent"
    )


def test_the_summary_leaves_out_what_there_is_none_of() -> None:
    assert summary(WELL) == "2 passed in 500 ms"


def test_one_token_is_no_plural() -> None:
    assert summary(run_of(spent=1)) == "nothing was checked in 500 ms; 1 token spent"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (75.2, "75 s"),
    ],
)
def test_durations_have_the_digits_that_matter(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_long_text_keeps_its_begin_and_its_end() -> None:
    assert shortened("abcdefghijklmnopqrstuvwxyz", 12) == "abcde … wxyz"


def test_a_text_that_fits_is_kept() -> None:
    assert shortened("abcdefghijkl", 12) == "abcdefghijkl"
