"""Source lines in the HTML report: cut, marked, with the keys around them, and never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.findings import Finding, Location, Related, Severity
from plate_llm_cli.report.base import Report, RuleInfo
from plate_llm_cli.report.html.source import Excerpt, spot_of
from tests.report.html_pages import Parsed, page

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "swordfish-7f3a"
DEPLOYMENT = f"""\
kind: Secret
---
kind: Deployment
spec:  # {CANARY}
  # a comment: with a colon
  token: {CANARY}
  containers:
  - name: {CANARY}
    env:
      - name: A
        valueFrom: &from
          secretKeyRef:
            name: wrong
  script: |
    key:
      here
"""


def excerpt(line: int, column: int, end: tuple[int, int], text: str, path: str) -> Excerpt:
    where = Location(path, line, column, *end)
    finding = Finding("a-rule", Severity.ERROR, "message", "", where)
    lines = text.splitlines()
    found = spot_of(Report((finding,), lines=lambda _path: lines), finding, where).excerpt
    assert found is not None
    return found


def test_the_keys_around_a_line_are_shown_without_what_is_beside_them() -> None:
    found = excerpt(13, 13, (13, 17), DEPLOYMENT, "a.yaml")
    assert found == Excerpt(
        number=13,
        before="            ",
        marked="name",
        after=": wrong",
        until=0,
        parents=(
            (4, "spec:"),
            (7, "  containers:"),
            (9, "    env:"),
            (12, "          secretKeyRef:"),
        ),
    )


@pytest.mark.parametrize(
    ("line", "parents"),
    [
        (8, ((4, "spec:"), (7, "  containers:"))),
        (16, ((4, "spec:"), (14, "  script:"), (15, "    key:"))),
        (3, ()),
    ],
)
def test_parents_of_lists_and_blocks(line: int, parents: tuple[tuple[int, str], ...]) -> None:
    assert excerpt(line, 1, (line, 2), DEPLOYMENT, "a.yaml").parents == parents


def test_only_yaml_has_keys_around_a_line() -> None:
    assert excerpt(13, 13, (13, 17), DEPLOYMENT, "notes.txt").parents == ()


def test_a_range_of_several_lines_says_where_it_ends() -> None:
    found = excerpt(3, 1, (5, 1), DEPLOYMENT, "a.yaml")
    assert (found.marked, found.until) == ("kind: Deployment", 4)


def test_a_long_line_is_cut_around_the_range() -> None:
    found = excerpt(1, 1001, (1, 2001), "a" * 1000 + "b" * 1000 + "c" * 1000, "a.yaml")
    assert found.before == "…" + "a" * 160
    assert found.marked == "b" * 240 + "…"
    assert found.after == "c" * 120 + "…"


def test_an_empty_range_marks_nothing() -> None:
    found = excerpt(1, 5, (1, 5), "key:", "a.yaml")
    assert (found.before, found.marked, found.after) == ("key:", "", "")


def test_a_line_that_is_unknown_is_left_out(of: Callable[..., Report]) -> None:
    where = Location("unknown.yaml", 3, 1, 3, 2)
    parsed = Parsed(page(of(Finding("a-rule", Severity.ERROR, "message", "", where))))
    assert parsed.all("pre") == []
    assert parsed.lines("p", "place") == ["unknown.yaml:3:1"]


def test_a_line_that_may_hold_a_secret_is_shown_by_no_rule(of: Callable[..., Report]) -> None:
    lines = ["keys:", f"  {CANARY}:", f"    a: {CANARY}"]
    secret = Location("a.yaml", 2, 3, 4, 1)
    inside = Location("a.yaml", 3, 5, 3, 6)
    report = of(
        Finding("plaintext", Severity.ERROR, "a secret", "", secret),
        Finding("other", Severity.INFO, "beside", "", inside, related=(Related(secret, "here"),)),
        rules={"plaintext": RuleInfo("plaintext", Severity.ERROR, "Secrets.", sensitive=True)},
        lines=lambda _path: lines,
    )
    text = page(report)
    assert CANARY not in text
    assert text.count("The line is not shown: it may hold a secret.") == 3


def test_keys_around_a_line_that_may_hold_a_secret_are_left_out(of: Callable[..., Report]) -> None:
    lines = ["keys:", f"  {CANARY}:", "    a: 1"]
    report = of(
        Finding("plaintext", Severity.ERROR, "a secret", "", Location("a.yaml", 2, 3, 2, 9)),
        Finding("other", Severity.INFO, "below", "", Location("a.yaml", 3, 5, 3, 6)),
        rules={"plaintext": RuleInfo("plaintext", Severity.ERROR, "Secrets.", sensitive=True)},
        lines=lambda _path: lines,
    )
    assert CANARY not in page(report)
    assert Parsed(page(report)).lines("span", "text") == ["keys:", "a: 1"]
