from __future__ import annotations

import pytest

from plate_llm_cli.gitops.application_sets.patterns import (
    doublestar_pattern,
    fixed_part,
    folder_pattern,
    git_pattern,
)


def matches(pattern: object, path: str) -> bool:
    return bool(pattern and pattern.fullmatch(path))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("apps/*", "apps/a", True),
        ("apps/*", "apps/a/b", False),
        ("apps/**", "apps/a/b", False),
        ("*", "apps", True),
        ("apps/?-web", "apps/a-web", True),
        ("apps/[a-c]*", "apps/blue", True),
        ("apps/[^a-c]*", "apps/blue", False),
        (r"apps/\*", "apps/*", True),
        ("apps/{a,b}", "apps/a", False),
        ("apps/[", "apps/[", False),
        ("apps/[z-a]", "apps/b", False),
        ("apps/\\", "apps/a", False),
        ("apps/a.b", "apps/axb", False),
    ],
)
def test_folders_are_matched_as_go_does(pattern: str, path: str, *, expected: bool) -> None:
    assert matches(folder_pattern(pattern), path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "git", "doublestar"),
    [
        ("envs/*/config.yaml", "envs/stg/config.yaml", True, True),
        ("envs/*/config.yaml", "envs/stg/eu/config.yaml", True, False),
        ("envs/**/config.yaml", "envs/stg/eu/config.yaml", True, True),
        ("envs/**/config.yaml", "envs/config.yaml", False, True),
        ("**/config.yaml", "config.yaml", False, True),
        ("envs/**", "envs/a/b.yaml", True, True),
        ("envs/{stg,prod}.yaml", "envs/stg.yaml", False, True),
        ("envs", "envs/stg.yaml", True, False),
        ("envs/stg.yaml", "envs/stg.yaml", True, True),
        ("envs/*.json", "envs/stg.yaml", False, False),
    ],
)
def test_files_are_matched_in_two_ways(
    pattern: str, path: str, *, git: bool, doublestar: bool
) -> None:
    found = (matches(git_pattern(pattern), path), matches(doublestar_pattern(pattern), path))
    assert found == (git, doublestar)


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("apps/*", "apps"), ("*", ""), ("a/b/c-*/d", "a/b"), ("a/b", "a/b"), ("/a/*", "a")],
)
def test_a_pattern_varies_from_some_folder_on(pattern: str, folder: str) -> None:
    assert fixed_part(pattern) == folder
