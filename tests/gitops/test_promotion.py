"""Which tags move, which versions are older."""

from __future__ import annotations

import pytest

from plate_llm_cli.gitops.promotion import TAG, Move, is_moving


@pytest.mark.parametrize(
    ("tag", "policy", "moving"),
    [
        ("latest", "IfNotPresent", True),
        ("Main", None, True),
        ("1.2.0", "Always", True),
        ("stg", "Always", True),
        ("1.2.0", "IfNotPresent", False),
        ("", None, False),
    ],
)
def test_tags_that_move(tag: str, policy: str | None, moving: bool) -> None:
    assert is_moving(tag, policy) is moving


@pytest.mark.parametrize(
    ("before", "after", "backwards"),
    [
        ("1.10.0", "1.9.0", True),
        ("1.9.0", "1.10.0", False),
        ("v2", "1.9", True),
        ("1.2.0", "1.2.0-rc.1", True),
        ("1.2.0-rc.1", "1.2.0", False),
        ("stg", "1.2.0", False),
        (None, "1.2.0", False),
        ("1.2.0", 1, False),
    ],
)
def test_versions_that_go_back(before: str | None, after: str | int, backwards: bool) -> None:
    assert Move(TAG, before, after, "values.yaml", "values.yaml").backwards is backwards
