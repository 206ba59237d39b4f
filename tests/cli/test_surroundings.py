"""The machine around the command: variables, folders, names."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree

ODD_NAMES = ["a b", "한국어 폴더", "😀", "-C", "[x]", "*", "new\nline", "esc\x1b[31m", "'\"$(x)"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_root_of_any_name(
    name: str, tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree.root.rename(tree.root.with_name(name))
    monkeypatch.chdir(root)
    assert call("validate", "-q").code == 0
    monkeypatch.chdir("/")
    ended = call("render", "web-stg", f"--root={root}")
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in call("env", "list", f"--root={root / 'charts'}").err


def test_root_that_is_a_link(tree: Tree, call: Call, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tree.root)
    assert call("validate", "-q", "-C", str(link)).code == 0


def test_folder_inside_a_git_repository(
    tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree.root / ".git").mkdir()
    monkeypatch.chdir(tree.root / "charts/web")
    assert call("render", "web-stg").code == 0


def test_folder_that_was_removed(tree: Tree, tmp_path: Path) -> None:
    script = 'cd "$0" && rmdir "$0" && exec "$@"'
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", script, str(gone), *command("validate", "-q", "-C", str(tree.root))],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": "/nonexistent", "TMPDIR": "/nonexistent"},
        {"TERM": "dumb", "COLUMNS": "abc"},
        {"COLUMNS": "0"},
        {"PATH": ""},
        {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"},
        {"PYTHONPATH": "/nonexistent:.", "PYTHONSTARTUP": "/nonexistent"},
        {"PYTHONWARNINGS": "error"},
        {"HELM_DEBUG": "1", "KUBECONFIG": "/nonexistent"},
    ],
)
def test_variables_that_do_not_concern_us(environment: dict[str, str], process: Call) -> None:
    ended = process("validate", "-q", **environment)
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_no_variables_at_all(tree: Tree) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command
        command("render", "web-stg"),
        capture_output=True, cwd=tree.root, env={}, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"name: web-stg" in ended.stdout


def test_files_named_like_our_libraries(tree: Tree) -> None:
    for name in ("json", "typer", "yaml", "plate_llm_cli"):
        tree.write(f"{name}.py", "raise SystemExit('the tree is not a place to import from')\n")
    installed = shutil.which("plate-llm", path=os.path.dirname(command()[0]))  # noqa: PTH120 - a string
    if installed is None:
        pytest.skip("plate-llm is not installed beside this Python")
    ended = subprocess.run(  # noqa: S603 - our own command
        [installed, "validate", "-q"], capture_output=True, cwd=tree.root, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_helm_binary_that_is_missing(
    call: Call, monkeypatch: pytest.MonkeyPatch, tree: Tree
) -> None:
    monkeypatch.setenv("PATH", str(tree.root))
    ended = call("render", "web-stg", "--engine", "helm")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        "error: there is no `helm` on PATH\nhint: Install Helm, or leave out `--engine helm`.\n"
    )


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\necho v2.17.0\n", "it says v2.17.0"),
        ("#!/bin/sh\nexit 1\n", "it says nothing"),
        ("#!/nonexistent\n", "No such file or directory"),
    ],
)
def test_helm_binary_that_is_no_helm(
    script: str, said: str, call: Call, monkeypatch: pytest.MonkeyPatch, tree: Tree
) -> None:
    tree.write("bin/helm", script).chmod(0o755)
    monkeypatch.setenv("PATH", str(tree.root / "bin"))
    ended = call("render", "web-stg", "--engine", "helm")
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.err.splitlines()[0]
