"""What every rule promises: a name, documentation, and a fixture that shows it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.rules.registry import RULES

if TYPE_CHECKING:
    from plate_llm_cli.rules.base import Rule

TREES = Path(__file__).parents[1] / "trees"
HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead"]
SHOWN_ELSEWHERE = {
    "internal-error": "a rule that crashes: test_engine",
    "unknown-value": "only this project's charts have a model: test_values",
    "invalid-value": "only this project's charts have a model: test_values",
    "absent-secret": "what a server holds: tests/cli/test_secrets_check",
    "unsynced-secret": "what a cluster has: tests/cli/test_secrets_check_live",
    "missing-projected-key": "what a cluster has: tests/cli/test_secrets_check_live",
    "unusable-secret": "what a server holds: tests/cli/test_secrets_check",
    "unknown-secret": "what a server holds: tests/cli/test_secrets_check",
    "refused-object": "what a cluster says: tests/cluster/test_validation_dry_run",
    "server-warning": "what a cluster says: tests/cluster/test_validation_dry_run",
    "missing-kind": "what a cluster says: tests/cluster/test_validation_dry_run",
    "missing-namespace": "what a cluster says: tests/cluster/test_validation_dry_run",
    "unusable-issuer": "what a cluster says: tests/cluster/test_validation_references",
    "missing-class": "what a cluster says: tests/cluster/test_validation_references",
    "missing-object": "what a cluster says: tests/cluster/test_validation_references",
    "unusable-pull-secret": "what a cluster says: tests/cluster/test_validation_references",
    "exceeded-quota": "what a cluster says: tests/cluster/test_validation_quotas",
    "unchecked-live": "what a cluster says: tests/cluster/test_validation_dry_run",
}
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def documentation(rule: Rule) -> str:
    return inspect.cleandoc(rule.__doc__ or "")


def sections(rule: Rule) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", documentation(rule), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def found_in_trees() -> set[str]:
    lines = (
        line
        for file in TREES.glob("*/findings.txt")
        for line in file.read_text("utf-8").splitlines()
    )
    return {line.split(" ")[2] for line in lines if not line.startswith(" ")}


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(ids) == sorted(set(ids))


@EVERY_RULE
def test_id_is_kebab_case(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)


@EVERY_RULE
def test_documentation_has_its_four_headings(rule: Rule) -> None:
    assert list(sections(rule)) == HEADINGS
    assert all(text.strip() for text in sections(rule).values())


@EVERY_RULE
def test_bad_example_is_not_the_good_one(rule: Rule) -> None:
    found = sections(rule)
    assert found["Example"].strip() != found["Use instead"].strip()


@EVERY_RULE
def test_first_line_is_a_sentence(rule: Rule) -> None:
    assert documentation(rule).splitlines()[0].endswith(".")


@EVERY_RULE
def test_some_tree_shows_the_rule(rule: Rule) -> None:
    name = rule.id
    assert name in found_in_trees() or name in SHOWN_ELSEWHERE
