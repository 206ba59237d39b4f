"""Settings: the two files, the environment, and which of them counts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call, Tree

OWN, PROJECT = "plate-llm.toml", "pyproject.toml"
TABLE = "[tool.plate-llm] in pyproject.toml"

MISTAKES = {
    "broken": (OWN, b"a = [", "plate-llm.toml is not TOML: Invalid value (at end of document)", ""),
    "broken project": (
        PROJECT, b"a = [", "pyproject.toml is not TOML: Invalid value (at end of document)", "",
    ),
    "not UTF-8": (OWN, b"a = '\xff'", "plate-llm.toml is not UTF-8", "save it as UTF-8"),
    "too deep": (OWN, b"a = " + b"[" * 5000, "plate-llm.toml is nested too deep", ""),
    "too large": (OWN, b"#" * 2**21, "plate-llm.toml is larger than 1024 KiB", ""),
    "no table": (PROJECT, b"[tool]\nplate-llm = 5", f"{TABLE} must be a table", ""),
    "unknown": (
        OWN, b"fial-on = 'error'", "plate-llm.toml: unknown setting 'fial-on'",
        "did you mean fail-on?",
    ),
    "unknown like no other": (
        PROJECT, b"[tool.plate-llm]\nxyz = 1", f"{TABLE}: unknown setting 'xyz'",
        "known: api-versions, argocd, contexts, crds, engine, exclude, external, fail-on, ignore, "
        "kubernetes-version, openbao-address, openbao-auth, openbao-auth-mount, openbao-ca-cert, "
        "openbao-namespace, openbao-role, primary, repo-url, secrets, select",
    ),
    "table in our own file": (
        OWN, b"[tool.plate-llm]", "plate-llm.toml: unknown setting 'tool'",
        "plate-llm.toml holds the settings themselves, without [tool.plate-llm] above them",
    ),
    "wrong type": (OWN, b"fail-on = 5", "plate-llm.toml: fail-on must be a string", ""),
    "no list": (OWN, b"exclude = 'x'", "plate-llm.toml: exclude must be a list of strings", ""),
    "list of numbers": (OWN, b"crds = [1]", "plate-llm.toml: crds must be a list of strings", ""),
    "no table of contexts": (
        OWN, b"contexts = 'a'", "plate-llm.toml: contexts must be a table", "",
    ),
    "no name of a context": (
        OWN, b"contexts.stg = ['a']", "plate-llm.toml: contexts.stg must be a string", "",
    ),
    "no table of conventions": (
        PROJECT, b"[tool.plate-llm]\nargocd = 1", f"{TABLE}: argocd must be a table", "",
    ),
    "wrong value": (
        OWN, b"engine = 'hlem'", "plate-llm.toml: engine is 'hlem'", "one of: embedded, helm",
    ),
    "unknown version": (
        OWN, b"kubernetes-version = '1.1'", "there are no schemas for Kubernetes 1.1",
        "Choose one from 1.25 to 1.37.",
    ),
    "no declaration": (
        PROJECT, b"[tool.plate-llm]\nexternal = ['Secret/login']",
        "setting external: 'Secret/login' is not Secret/namespace/name",
        "for example Secret/plate-stg/registry-login or ConfigMap/*/kube-root-ca.crt",
    ),
    "unknown rule": (OWN, b"ignore = ['xyz']", "no rule 'xyz'", "plate-llm rules lists them"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_said(name: str, tree: Tree, call: Call) -> None:
    path, content, message, hint = MISTAKES[name]
    tree.write(path, content)
    ended = call("validate")
    said = f"error: {message}\n" + (f"hint: {hint}\n" if hint else "")
    assert (ended.code, ended.out, ended.err) == (2, "", said)


def test_both_files_are_refused(tree: Tree, call: Call) -> None:
    tree.write(OWN, "")
    tree.write(PROJECT, "[tool.plate-llm]\n")
    assert call("validate").err == (
        "error: both plate-llm.toml and [tool.plate-llm] in pyproject.toml are there\n"
        "hint: keep one of them\n"
    )


@pytest.mark.parametrize("path", [OWN, PROJECT])
@pytest.mark.parametrize("kind", ["folder", "pipe", "endless"])
def test_what_is_no_file_is_refused(path: str, kind: str, tree: Tree, call: Call) -> None:
    _put(tree.root / path, kind)
    ended = call("validate")
    assert (ended.code, ended.err) == (
        2,
        f"error: {path} cannot be read: it is no regular file\n",
    )


def _put(target: Path, kind: str) -> None:
    if kind == "folder":
        target.mkdir()
    elif kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to("/dev/zero")


def test_another_tool_s_project_file_is_none_of_ours(tree: Tree, call: Call) -> None:
    tree.write(PROJECT, "tool = 5\n")
    assert call("validate", "-q").code == 0


def test_crds_of_the_settings_are_named_as_such(tree: Tree, call: Call) -> None:
    tree.write(OWN, "crds = ['nowhere']\n")
    assert call("validate").err == f"error: setting crds: {tree.root}/nowhere is no folder\n"


def test_file_wins_over_the_default(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "unread: 1\n")
    assert call("validate", "-q").code == 0
    tree.write(OWN, "fail-on = 'warning'\n")
    assert call("validate", "-q").code == 1


def test_option_wins_over_the_file(tree: Tree, call: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "unread: 1\n")
    tree.write(OWN, "fail-on = 'warning'\n")
    assert call("validate", "-q", "--fail-on", "error").code == 0


def test_variable_wins_over_the_file(
    tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write(OWN, "kubernetes-version = '1.1'\n")
    monkeypatch.setenv("PLATE_LLM_KUBERNETES_VERSION", "1.31")
    assert call("validate", "-q").code == 0


def test_option_wins_over_the_variable(
    tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATE_LLM_KUBERNETES_VERSION", "1.1")
    assert call("validate", "-q", "--kubernetes-version", "1.31", "-C", str(tree.root)).code == 0


def test_wrong_variable_is_named(tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATE_LLM_ENGINE", "hlem")
    ended = call("validate", "-C", str(tree.root))
    assert ended.code == 2
    assert "PLATE_LLM_ENGINE" in ended.err


def test_empty_variable_counts_as_none(
    tree: Tree, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATE_LLM_KUBERNETES_VERSION", "")
    monkeypatch.setenv("PLATE_LLM_ROOT", "")
    assert call("validate", "-q", "-C", str(tree.root)).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["-C", "{}", "env", "list"],
        ["env", "list", "-C", "{}"],
        ["env", "list", "--root={}"],
        ["-C", "/", "env", "list", "-C", "{}"],
    ],
)
def test_root_before_and_behind_the_command(
    arguments: list[str],
    tree: Tree,
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = call(*(argument.format(tree.root) for argument in arguments))
    assert (ended.code, ended.out.count("\n")) == (0, 3)


def test_root_before_the_command_wins_over_the_variable(
    tree: Tree, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATE_LLM_ROOT", str(tmp_path / "nowhere"))
    assert call("-C", str(tree.root), "validate", "-q").code == 0


def test_root_from_the_variable(
    tree: Tree, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLATE_LLM_ROOT", str(tree.root))
    assert call("validate", "-q").code == 0
