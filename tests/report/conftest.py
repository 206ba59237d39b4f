"""Reports to write: a small one with known places, and any that hypothesis thinks of."""

from __future__ import annotations

import io
import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from plate_llm_cli.findings import Finding, Fix, Location, Related, Resource, Severity
from plate_llm_cli.report.base import Report, RuleInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import SearchStrategy

    from plate_llm_cli.report.base import Reporter

FILES = {
    "charts/web/values.yaml": ["image:", '  tag: ""', "extra: 1"],
    "charts/web/values-stg.yaml": ["image:", "  tag: 1.10", "설명: 웹 🚀  # 이름"],
}

RULES = {
    "dead-value": RuleInfo(
        "dead-value",
        Severity.WARNING,
        "A value that no template reads.",
        "What it does: finds values that nothing reads.",
        "## What it does\n\nFinds values that nothing reads.",
        "https://example.org/rules#dead-value",
    ),
    "version-is-number": RuleInfo(
        "version-is-number", Severity.ERROR, "A version that YAML reads as a number."
    ),
    "missing-service": RuleInfo(
        "missing-service", Severity.ERROR, "An Ingress without its Service."
    ),
}

VERSION = Finding(
    "version-is-number",
    Severity.ERROR,
    "Helm reads this tag as the number 1.1.",
    'Put it in quotes: "1.10".',
    Location("charts/web/values-stg.yaml", 2, 8, 2, 12),
    ("web-stg",),
    (Related(Location("charts/web/values.yaml", 2, 8, 2, 10), "overrides"),),
    "image.tag",
    Resource("Deployment", "web", "stg", "spec.template.spec.containers[0].image"),
    Fix.SAFE,
)
DEAD = Finding(
    "dead-value",
    Severity.WARNING,
    "No template reads `설명`.",
    "Remove it.",
    Location("charts/web/values-stg.yaml", 3, 1, 3, 3),
    ("web-prod", "web-stg"),
    value="설명",
)

NASTY = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\u202egnirts\u202c",
    "\u2067",
    "\u200b",
    "\ufeff",
    "\u3164",
    "\u2028",
    "\x00",
    "\x85",
    "\r\n",
    "\t",
    "\ud800",
    "\udcff",
    "[bold red]markup[/]",
    "##[add-mask]x",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[testStarted name='x']",
    "\n::stop-commands::x",
    " ::error file=a::b",
    "](https://example.org)",
    "]]>",
    "<!--",
    "&amp;",
    "%0A",
    "한글",
    "🚀",
    "e\u0301",
]


def lines_of(path: str) -> Sequence[str]:
    return FILES.get(path, ())


@pytest.fixture(scope="session")
def small() -> Report:
    """An error and a warning in one file, in a tree of two environments."""
    return Report((DEAD, VERSION), 3, ("web-prod", "web-stg"), 0.4213, RULES, lines_of)


@pytest.fixture(scope="session")
def clean() -> Report:
    """Nothing to complain about."""
    return Report((), 0, ("web-prod", "web-stg"), 0.4213, RULES, lines_of)


@pytest.fixture(scope="session")
def of() -> Callable[..., Report]:
    """A report of the findings given."""

    def build(*findings: Finding, **rest: object) -> Report:
        return Report(findings, **({"lines": lines_of} | rest))  # type: ignore[arg-type] # any field

    return build


@pytest.fixture(scope="session")
def written() -> Callable[..., str]:
    """What a reporter writes to a stream of some encoding."""

    def write(reporter: Reporter, report: Report, encoding: str = "utf-8") -> str:
        data = io.BytesIO()
        stream = io.TextIOWrapper(data, encoding, newline="\n")
        reporter.write(report, stream)
        stream.flush()
        return data.getvalue().decode(encoding)

    return write


def texts() -> SearchStrategy[str]:
    anything = st.characters(codec=None)
    return st.lists(st.sampled_from(NASTY) | st.text(anything, max_size=5), max_size=4).map("".join)


def locations() -> SearchStrategy[Location]:
    number = st.integers(0, 6) | st.integers(0, 10_000)
    return st.builds(Location, texts(), number, number, number, number)


@pytest.fixture(scope="session")
def any_text() -> SearchStrategy[str]:
    """Text with all that terminals, runners and parsers obey."""
    return texts()


@pytest.fixture(scope="session")
def any_report() -> SearchStrategy[Report]:
    """A report in which everything but the severities is hostile."""
    finding = st.builds(
        Finding,
        texts() | st.text(string.ascii_lowercase, min_size=1),
        st.sampled_from(Severity),
        texts(),
        texts(),
        locations(),
        st.lists(texts(), max_size=2).map(tuple),
        st.lists(st.builds(Related, locations(), texts()), max_size=2).map(tuple),
        st.none() | texts(),
        st.none() | st.builds(Resource, texts(), texts(), st.none() | texts(), texts()),
        st.none() | st.sampled_from(Fix),
    )
    return st.builds(
        Report,
        st.lists(finding, max_size=4).map(tuple),
        st.integers(0, 9),
        st.lists(texts(), max_size=3).map(tuple),
        st.floats(0, 1e6),
        lines=st.lists(texts(), max_size=5).map(lambda lines: lambda _path: lines),
    )
