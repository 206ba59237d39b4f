"""The hooks for pre-commit: their form, and what each does on a copy of this tree."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.docs_ci.pipelines import FOLDER, ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PAGE = (FOLDER / "README.md").read_text("utf-8")
OFFERED: list[dict[str, Any]] = yaml.safe_load(
    next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "hooks:" in block)
)["repos"][0]["hooks"]
BROKEN = {
    "plate-llm-validate": ("charts/plate-llm/values-stg.yaml", "image:", "imagge:"),
    "plate-llm-argocd-generate": (
        "environments/argocd/apps/plate-llm-stg.yaml",
        "prune: true",
        "prune: false",
    ),
    "plate-llm-secrets-check": (
        "environments/secrets.yaml",
        "      OPENAI_API_KEY:",
        "      OPENAI_KEY:",
    ),
}
"""By hook a change of the tree that it has to refuse."""

each_hook = pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])


def command(hook: dict[str, Any]) -> list[str]:
    """As pre-commit calls it when it is set up as the page says."""
    (offered,) = (one for one in OFFERED if one["id"] == hook["id"])
    program, *arguments = shlex.split(hook["entry"])
    assert (
        program in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    )
    return [*arguments, *offered.get("args", [])]


@each_hook
def test_a_hook_has_the_fields_that_pre_commit_knows(hook: dict[str, Any]) -> None:
    assert {name: type(value) for name, value in hook.items()} == {
        "id": str, "name": str, "description": str, "entry": str, "language": str,
        "files": str, "pass_filenames": bool, "require_serial": bool,
    }  # fmt: skip
    assert hook["language"] == "python"


@each_hook
@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("charts/plate-llm/values-stg.yaml", True),
        ("charts/plate-llm/templates/_env.tpl", True),
        ("service/env-contract.json", True),
        ("README.md", False),
        ("service/app.py", False),
    ],
)
def test_a_hook_runs_for_what_can_break_a_release(
    hook: dict[str, Any], path: str, concerned: bool
) -> None:
    assert bool(re.search(hook["files"], path)) is concerned


@each_hook
def test_a_hook_passes_on_this_tree(hook: dict[str, Any], ours: Tree, call: Call) -> None:
    ended = call(*command(hook))
    assert ended.code == 0, (ours.root, ended.out, ended.err)


@each_hook
def test_a_hook_refuses_what_is_wrong(hook: dict[str, Any], ours: Tree, call: Call) -> None:
    ours.replace(*BROKEN[hook["id"]])
    assert call(*command(hook)).code == 1
