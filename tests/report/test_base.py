from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.report.base import (
    Counts,
    Report,
    RuleInfo,
    clamped,
    last_line,
    place_of,
    summary_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = Location("values.yaml", 2, 3, 2, 5)


def found(severity: Severity = Severity.ERROR, place: Location = PLACE, **rest: object) -> Finding:
    return replace(Finding("a-rule", severity, "message", "help", place), **rest)  # type: ignore[arg-type] # any field


def test_findings_are_sorted_by_place_then_severity() -> None:
    later, info = found(place=Location("values.yaml", 3, 1, 3, 2)), found(Severity.INFO)
    error, other = found(), found(place=Location("a.yaml", 9, 1, 9, 2))
    assert Report((later, info, error, other)).findings == (other, error, info, later)


def test_findings_that_differ_only_by_environment_have_one_order() -> None:
    stg, prod = found(environments=("stg",)), found(environments=("prod",))
    assert Report((stg, prod)).findings == Report((prod, stg)).findings


def test_counts_by_severity() -> None:
    report = Report((found(), found(), found(Severity.INFO)), suppressed=4)
    assert report.counts == Counts(error=2, warning=0, info=1, suppressed=4)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (Report((), seconds=0.4213), "No findings (0.42 s)"),
        (Report((), 0, ("stg",), 1), "No findings in 1 release (1.00 s)"),
        (
            Report((), 2, ("prod", "stg"), 12.34),
            "No findings in 2 releases (2 suppressed, 12.3 s)",
        ),
        (Report((found(),)), "1 error (0.00 s)"),
        (
            Report((found(), found(), found(Severity.WARNING), found(Severity.INFO)), 1, ("stg",)),
            "2 errors, 1 warning, 1 info in 1 release (1 suppressed, 0.00 s)",
        ),
        (Report((found(Severity.WARNING),) * 2), "2 warnings (0.00 s)"),
        (
            Report((), 2, known=(found(), found())),
            "No findings (2 known, of the baseline, 2 suppressed, 0.00 s)",
        ),
    ],
)
def test_the_summary_says_what_was_found_where_and_how_fast(report: Report, line: str) -> None:
    assert summary_line(report) == line


def test_line_that_a_known_finding_hides_stays_hidden(of: Callable[..., Report]) -> None:
    place = Location("charts/web/values.yaml", 3, 1, 3, 2)
    secret = replace(found(place=place), rule="secret-rule")
    sensitive = {
        "secret-rule": RuleInfo("secret-rule", Severity.ERROR, "A secret.", sensitive=True)
    }
    new = found(place=place)
    assert of(new, known=(secret,), rules=sensitive).excerpt(new, place) is None


def test_an_excerpt_is_the_line_at_the_place(of: Callable[..., Report]) -> None:
    place = Location("charts/web/values.yaml", 3, 1, 3, 2)
    assert of().excerpt(found(place=place), place) == "extra: 1"


@pytest.mark.parametrize(
    "place", [Location("charts/web/values.yaml", 4, 1, 4, 1), Location("none.yaml", 1, 1, 1, 1)]
)
def test_there_is_no_excerpt_of_a_line_that_is_not_there(
    place: Location, of: Callable[..., Report]
) -> None:
    assert of().excerpt(found(place=place), place) is None


def test_a_sensitive_rule_shows_no_source(of: Callable[..., Report]) -> None:
    place = Location("charts/web/values.yaml", 3, 1, 3, 2)
    rules = {"a-rule": RuleInfo("a-rule", Severity.ERROR, "Secret.", sensitive=True)}
    assert of(rules=rules).excerpt(found(place=place), place) is None


def test_environments_are_named_when_they_are_not_all() -> None:
    report = Report((), environments=("prod", "stg"))
    assert report.only_in(found(environments=("stg",))) == ("stg",)


def test_environments_are_not_named_when_they_are_all() -> None:
    report = Report((), environments=("prod", "stg"))
    assert report.only_in(found(environments=("stg", "prod"))) == ()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Location("p", 2, 3, 2, 5), Location("p", 2, 3, 2, 5)),
        (Location("p", 0, 0, 0, 0), Location("p", 1, 1, 1, 1)),
        (Location("p", 5, 4, 2, 9), Location("p", 5, 4, 5, 4)),
        (Location("p", 5, 4, 5, 2), Location("p", 5, 4, 5, 4)),
        (Location("p", 1, 4, 2, 0), Location("p", 1, 4, 2, 1)),
    ],
)
def test_a_range_that_cannot_be_becomes_one_that_can(place: Location, expected: Location) -> None:
    assert clamped(place) == expected


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (Location("p", 2, 3, 2, 5), 2),
        (Location("p", 2, 3, 4, 1), 3),
        (Location("p", 2, 3, 4, 2), 4),
        (Location("p", 2, 1, 2, 1), 2),
    ],
)
def test_an_end_in_column_one_leaves_its_line_out(place: Location, line: int) -> None:
    assert last_line(place) == line


def test_a_place_is_written_as_editors_open_it() -> None:
    assert place_of(Location("my  charts/값.yaml", 2, 3, 2, 5)) == "my  charts/값.yaml:2:3"


@pytest.mark.parametrize("module", ["base", "registry"])
def test_rich_is_imported_only_to_paint(module: str) -> None:
    code = f"import sys, plate_llm_cli.report.{module}; sys.exit('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - this Python
    assert done.returncode == 0
