from __future__ import annotations

import io
import os
import pty
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Location, Related, Severity
from plate_llm_cli.report.base import RuleInfo
from plate_llm_cli.report.excerpt import cell_width
from plate_llm_cli.report.text import STYLES, TextReporter, wants_color, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Report

SMALL = """\
charts/web/values-stg.yaml:2:8  error  version-is-number
  Helm reads this tag as the number 1.1.
    2 │   tag: 1.10
      │        ^^^^
  overrides: charts/web/values.yaml:2:8
    2 │   tag: ""
      │        --
  value: image.tag
  object: Deployment stg/web, spec.template.spec.containers[0].image
  only in: web-stg
  help: Put it in quotes: "1.10".

charts/web/values-stg.yaml:3:1  warning  dead-value
  No template reads `설명`.
    3 │ 설명: 웹 🚀  # 이름
      │ ^^^^
  value: 설명
  help: Remove it.

1 error, 1 warning in 2 releases (3 suppressed, 0.42 s)
"""

NARROW = """\
charts/web/values-stg.yaml:2:8
  error  version-is-number
  Helm reads this tag as the number 1.1.
    2 │   tag: 1.10
      │        ^^^^
  overrides: charts/web/values.yaml:2:8
    2 │   tag: ""
      │        --
  value: image.tag
  object: Deployment stg/web,
    spec.template.spec.containers[0].image
  only in: web-stg
  help: Put it in quotes: "1.10".

charts/web/values-stg.yaml:3:1
  warning  dead-value
  No template reads `설명`.
    3 │ 설명: 웹 🚀  # 이름
      │ ^^^^
  value: 설명
  help: Remove it.

1 error, 1 warning in 2 releases (3
suppressed, 0.42 s)
"""

ASCII = r"""
  No template reads `\uc124\uba85`.
    3 | \uc124\uba85: \uc6f9 \U0001f680  # \uc774\ub984
      | ^^^^^^^^^^^^
  value: \uc124\uba85
"""

QUIET = """\
charts/web/values-stg.yaml:2:8: error: version-is-number: Helm reads this tag as the number 1.1.
charts/web/values-stg.yaml:3:1: warning: dead-value: No template reads `설명`.
"""

ANSI = re.compile(r"\x1b\[[0-9;]*m")
FOUND = Finding("a-rule", Severity.ERROR, "message", "", Location("a.yaml", 1, 1, 1, 2))


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """The writing end of a pseudo-terminal."""
    reading, writing = pty.openpty()
    with os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "w") as stream:
        yield stream


def plain(report: Report, width: int = 80) -> str:
    stream = io.StringIO()
    TextReporter(width=width, color=False).write(report, stream)
    return stream.getvalue()


def painted(report: Report) -> str:
    stream = io.StringIO()
    TextReporter(width=80, color=True).write(report, stream)
    return stream.getvalue()


def test_the_whole_of_a_small_report(small: Report) -> None:
    assert plain(small) == SMALL


def test_the_whole_of_a_small_report_on_a_narrow_screen(small: Report) -> None:
    assert plain(small, 40) == NARROW


def test_a_clean_report_is_one_line(clean: Report) -> None:
    assert plain(clean) == "No findings in 2 releases (0.42 s)\n"


def test_quiet_is_one_line_a_finding(small: Report) -> None:
    stream = io.StringIO()
    TextReporter(quiet=True).write(small, stream)
    assert stream.getvalue() == QUIET


def test_quiet_and_clean_is_nothing(clean: Report) -> None:
    stream = io.StringIO()
    TextReporter(quiet=True).write(clean, stream)
    assert stream.getvalue() == ""


def test_quiet_keeps_a_message_on_its_line(of: Callable[..., Report]) -> None:
    stream = io.StringIO()
    TextReporter(quiet=True).write(of(replace(FOUND, message="one\n  two")), stream)
    assert stream.getvalue() == "a.yaml:1:1: error: a-rule: one two\n"


def test_a_stream_without_hangul_gets_escapes_and_ascii_lines(
    small: Report, written: Callable[..., str]
) -> None:
    text = written(TextReporter(width=80), small, "ascii")
    assert ASCII.lstrip("\n") in text


def test_colours_change_nothing_but_the_colour(small: Report) -> None:
    assert ANSI.sub("", painted(small)) == SMALL


def test_an_error_is_red_and_its_mark_too(small: Report) -> None:
    text = painted(small)
    assert "\x1b[1;31merror\x1b[0m" in text
    assert "\x1b[1;31m^^^^\x1b[0m" in text


def test_no_colour_vanishes_on_white_or_on_black() -> None:
    used = {word for style in STYLES.values() for word in style.split()}
    assert used == {"bold", "dim", "green", "magenta", "red"}


def test_markup_in_the_tree_is_text(of: Callable[..., Report]) -> None:
    text = painted(of(replace(FOUND, message="[bold red]a[/] :smile:")))
    assert "  [bold red]a[/] :smile:\n" in text


def test_a_message_keeps_its_lines(of: Callable[..., Report]) -> None:
    assert plain(of(replace(FOUND, message="one\n\n  two"))).splitlines()[1:3] == ["  one", "  two"]


def test_a_long_message_is_cut_short(of: Callable[..., Report]) -> None:
    text = plain(of(replace(FOUND, message="\n".join(f"line {n}" for n in range(25)))))
    assert "  line 19\n  and 5 more lines (--format json has them)\n\n" in text


def test_a_wrapped_message_breaks_between_words_only(of: Callable[..., Report]) -> None:
    found = replace(FOUND, message=f"see {'a/' * 30}b.yaml now")
    assert plain(of(found), 40).splitlines()[1:4] == ["  see", f"  {'a/' * 30}b.yaml", "  now"]


def test_a_path_wider_than_the_screen_stays_whole(of: Callable[..., Report]) -> None:
    path = f"{'deep/' * 12}my  values.yaml"
    text = plain(of(replace(FOUND, location=Location(path, 1, 1, 1, 2))), 40)
    assert text.startswith(f"{path}:1:1\n  error  a-rule\n")


def test_a_range_of_several_lines_says_where_it_ends(of: Callable[..., Report]) -> None:
    place = Location("charts/web/values.yaml", 1, 1, 3, 1)
    text = plain(of(replace(FOUND, location=place)))
    assert "    1 │ image:\n      │ ^^^^^^ to line 2\n" in text


def test_a_related_place_that_does_not_fit_has_its_own_line(of: Callable[..., Report]) -> None:
    other = Related(Location("charts/web/values.yaml", 2, 8, 2, 10), "the value it overrides")
    text = plain(of(replace(FOUND, related=(other,))), 40)
    assert "\n  the value it overrides:\n  charts/web/values.yaml:2:8\n" in text


def test_a_related_place_without_a_message_is_named(of: Callable[..., Report]) -> None:
    found = replace(FOUND, related=(Related(Location("b.yaml", 3, 4, 3, 5), ""),))
    assert "\n  see also: b.yaml:3:4\n" in plain(of(found))


def test_many_environments_are_counted(of: Callable[..., Report]) -> None:
    names = tuple(f"env-{number}" for number in range(9))
    report = of(replace(FOUND, environments=names[:6]), environments=names)
    assert "  only in: 6 of 9: env-0, env-1, env-2 and others\n" in plain(report)


def test_a_sensitive_rule_shows_no_source(of: Callable[..., Report]) -> None:
    found = replace(FOUND, location=Location("charts/web/values.yaml", 3, 1, 3, 6))
    rules = {"a-rule": RuleInfo("a-rule", Severity.ERROR, "Secret.", sensitive=True)}
    assert "extra" not in plain(of(found, rules=rules))
    assert "extra" in plain(of(found))


@pytest.mark.parametrize(
    ("surroundings", "expected"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_on_a_terminal(
    surroundings: dict[str, str],
    expected: bool,
    terminal: TextIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    assert wants_color(terminal) is expected


def test_no_colour_without_a_terminal() -> None:
    assert wants_color(io.StringIO()) is False


def test_colour_where_it_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_color(io.StringIO()) is True


@pytest.mark.parametrize(
    ("columns", "width"), [("72", 72), ("", 100), ("0", 100), ("wide", 100), ("-5", 100)]
)
def test_the_width_is_that_of_columns_or_of_a_log(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width_of(io.StringIO()) == width


def test_a_terminal_that_does_not_know_its_width_is_a_log(terminal: TextIO) -> None:
    assert width_of(terminal) == 100


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_nothing_in_a_tree_steers_the_terminal_or_the_runner(
    data: st.DataObject, any_report: SearchStrategy[Report]
) -> None:
    width = data.draw(st.integers(20, 120))
    text = plain(data.draw(any_report), width)
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_source_lines_fit_the_screen(
    data: st.DataObject, any_report: SearchStrategy[Report]
) -> None:
    width = data.draw(st.integers(30, 120))
    lines = plain(data.draw(any_report), width).splitlines()
    source = [line for line in lines if re.match(r" +\d* │", line)]
    assert all(cell_width(line) <= width for line in source)
