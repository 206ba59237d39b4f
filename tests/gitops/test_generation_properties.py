"""Whatever the facts and whatever a person added: once in line stays in line, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.gitops.generation.application import application_text
from plate_llm_cli.gitops.generation.facts import ApplicationFacts, chart_source, destination_of
from plate_llm_cli.gitops.generation.needs import (
    AFTER,
    BEFORE,
    FIRST,
    Needs,
    Tolerated,
    Wave,
)
from plate_llm_cli.gitops.models import check_application
from plate_llm_cli.source.reader import parse_text, to_plain

_NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
_TOLERATED = st.builds(
    Tolerated,
    group=st.sampled_from(["apps", "networking.k8s.io"]),
    kind=st.sampled_from(["Deployment", "Ingress"]),
    why=st.sampled_from([("Somebody else writes it.",), ("Two", "lines.")]),
    name=st.sampled_from(["", "web"]),
    pointers=st.sampled_from([("/spec/replicas",), ("/spec/a", "/spec/b")]),
    by_sync=st.booleans(),
)
_NEEDS = st.builds(
    Needs,
    wave=st.none() | st.builds(Wave, st.integers(-3, 9), st.sampled_from([FIRST, BEFORE, AFTER])),
    tolerated=st.lists(_TOLERATED, max_size=3).map(tuple),
    brings_namespace=st.booleans(),
    oversized=st.booleans(),
)
_FACTS = st.builds(
    ApplicationFacts,
    name=_NAMES,
    sources=st.lists(
        st.builds(
            chart_source,
            st.just("https://git.example.org/a.git"),
            st.sampled_from(["charts/web", "a b/c"]),
            st.sampled_from(["main", "v1.0", "1e3", "on"]),
            st.lists(st.sampled_from(["values.yaml", "a: b", "# x", "*.yaml"]), max_size=2),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    destination=_NAMES.map(destination_of),
    project=st.sampled_from(["", "team"]),
    namespace=st.sampled_from(["", "tools"]),
    about=st.sampled_from(["", "What it is.", "Two\nlines: of it"]),
    needs=_NEEDS,
)
ADDED = {
    "a comment at the top": ("", "# by hand\n", "apiVersion:"),
    "a label": ("  ", "labels: {team: a}  # by hand\n", "namespace:"),
    "a fact": ("  ", "info: [{name: a, value: b}]  # by hand\n", "project:"),
    "an option": ("      ", "- Validate=false  # by hand\n", "- PruneLast"),
    "a window": ("      ", "allowEmpty: true  # by hand\n", "prune:"),
    "a comment in a list": ("      ", "# by hand\n", "- FailOnSharedResource"),
}


def _plain(text: str) -> Any:
    source = parse_text(text, "")
    assert source.problems == []
    return to_plain(source.root)


def _add(text: str, addition: tuple[str, str, str]) -> str:
    blanks, line, before = addition
    return text.replace(f"\n{blanks}{before}", f"\n{blanks}{line}{blanks}{before}", 1)


@given(facts=_FACTS)
def test_a_new_application_is_sound_and_in_line(facts: ApplicationFacts) -> None:
    text = application_text(facts)
    assert check_application(_plain(text)) == []
    assert application_text(facts, text) == text


@given(
    facts=_FACTS,
    needs=_NEEDS,
    added=st.lists(st.sampled_from(sorted(ADDED)), unique=True),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_added_by_hand_survives_other_needs(
    facts: ApplicationFacts, needs: Needs, added: list[str], ending: str
) -> None:
    text = f"\n{application_text(facts)}"
    for name in added:
        text = _add(text, ADDED[name])
    text = text.replace("\n", ending)
    other = ApplicationFacts(facts.name, needs=needs)
    after = application_text(other, text)
    assert after.count("by hand") == text.count("by hand")
    assert set(_lines(text)) - _owned(text) <= set(_lines(after))
    assert check_application(_plain(after)) == []
    assert application_text(other, after) == after


def _lines(text: str) -> list[str]:
    return text.split("\r\n" if "\r\n" in text else "\n")


def _owned(text: str) -> set[str]:
    """The lines of a wave, which may get another number and another reason."""
    reasons = (FIRST, BEFORE, AFTER)
    return {
        line
        for line in _lines(text)
        if "sync-wave" in line or line.strip().removeprefix("# ") in reasons
    }


@pytest.mark.parametrize("name", sorted(ADDED))
def test_each_addition_is_one(name: str) -> None:
    facts = ApplicationFacts(
        "a", (chart_source("https://git.example.org/a.git", "c", "main"),), destination_of("b")
    )
    text = f"\n{application_text(facts)}"
    assert _add(text, ADDED[name]).count("by hand") == 1
