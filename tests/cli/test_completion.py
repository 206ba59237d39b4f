"""Shell completion: names of the tree, and silence where there is no tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree


def _offered(process: Call, line: str) -> list[str]:
    """What bash would offer at the end of `line`."""
    words = line.split(" ")
    ended = process(
        _PLATE_LLM_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1)
    )
    assert (ended.code, ended.err) == (0, "")
    return ended.out.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("plate-llm va", ["validate"]),
        ("plate-llm env ", ["list", "show", "new", "remove", "promote"]),
        ("plate-llm render web-s", ["web-stg"]),
        ("plate-llm validate web-p", ["web-prod"]),
        ("plate-llm validate --form", ["--format"]),
        ("plate-llm validate --format js", ["json"]),
        ("plate-llm render -C nowhere web-", []),
        ("plate-llm explain invalid-y", ["invalid-yaml"]),
        ("plate-llm env show web-s", ["web-stg"]),
    ],
)
def test_offered(line: str, offered: list[str], process: Call) -> None:
    assert _offered(process, line) == offered


def test_nothing_is_offered_without_a_tree(tree: Tree, process: Call) -> None:
    tree.remove("apps/web-stg.yaml")
    tree.remove("apps/web-prod.yaml")
    assert _offered(process, "plate-llm render ") == []


def test_nothing_is_offered_with_broken_settings(tree: Tree, process: Call) -> None:
    tree.write("plate-llm.toml", "a = [")
    assert _offered(process, "plate-llm render web") == []


def test_names_of_the_tree_that_is_named(
    tree: Tree, process: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATE_LLM_ROOT", "/nonexistent")
    for line in (f"render -C {tree.root} web-s", f"-C {tree.root} render web-s"):
        assert _offered(process, f"plate-llm {line}") == ["web-stg"]


def test_script_for_the_shell(process: Call) -> None:
    ended = process(_PLATE_LLM_COMPLETE="source_bash")
    assert (ended.code, ended.err) == (0, "")
    assert "complete -o default -F _plate_llm_completion plate-llm" in ended.out
