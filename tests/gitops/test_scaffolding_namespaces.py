from __future__ import annotations

import pytest

from plate_llm_cli.gitops.scaffolding.namespace_lists import (
    Namespace,
    with_namespace,
    without_namespace,
)

HERE, THERE = "https://kubernetes.default.svc", "https://b.example.com"
STG, QA = Namespace(HERE, "plate-stg"), Namespace(HERE, "plate-qa")

LISTS = [
    ("a:\n  - plate-stg\n  - x # y\n", "a:\n  - plate-stg\n  - x # y\n  - plate-qa\n"),
    ("a: [plate-stg, x]\n", "a: [plate-stg, x, plate-qa]\n"),
    (
        f"d:\n- server: {HERE}\n  namespace: plate-stg\n",
        f"d:\n- server: {HERE}\n  namespace: plate-stg\n- server: {HERE}\n  namespace: plate-qa\n",
    ),
    (
        "s:\n  - matchLabels:\n      name: plate-stg\n",
        "s:\n  - matchLabels:\n      name: plate-stg\n  - matchLabels:\n      name: plate-qa\n",
    ),
    ("c:\n  - names: [plate-stg]\n", "c:\n  - names: [plate-stg, plate-qa]\n"),
    ("---\na: 1\n---\na: [plate-stg]\n", "---\na: 1\n---\na: [plate-stg, plate-qa]\n"),
]


@pytest.mark.parametrize(("without", "with_it"), LISTS)
def test_a_namespace_comes_and_goes(without: str, with_it: str) -> None:
    assert with_namespace(without, STG, QA) == with_it
    assert with_namespace(with_it, STG, QA) == with_it
    assert without_namespace(with_it, QA) == without


@pytest.mark.parametrize(
    "text",
    [
        "a: plate-stg\n",
        "a: [plate-stg-2, 'plate-*']\n",
        f"d:\n  - server: {THERE}\n    namespace: plate-stg\n",
    ],
)
def test_what_does_not_list_it_stays(text: str) -> None:
    assert with_namespace(text, STG, QA) == text
    assert without_namespace(text, STG) == text


def test_in_another_cluster() -> None:
    text = f"d:\n  - server: {HERE}\n    namespace: plate-stg\n"
    added = f"  - server: {THERE}\n    namespace: plate-stg\n"
    assert with_namespace(text, STG, Namespace(THERE, "plate-stg")) == text + added
