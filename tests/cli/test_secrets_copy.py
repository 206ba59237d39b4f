"""`secrets copy` and `secrets export` against a real OpenBao."""

from __future__ import annotations

import io
import json
import stat
import sys
from typing import TYPE_CHECKING

import pyrage
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

SPEC = """\
  both:
    environments: [stg, prod]
    shared: true
    keys:
      SHARED: {prompt: true}
  server/stg:
    environments: [stg]
    keys: &keys
      VENDOR: {prompt: true, minLength: 8}
      SIGNING: {generate: {as: base64, bytes: 32}}
      SESSION: {generate: {as: base64, bytes: 32}, environmentBound: true}
      HOST: {value: harbor.example.com}
      ABSENT: {prompt: true, required: false}
  server/prod:
    environments: [prod]
    keys:
      <<: *keys
      URL: {from: {secret: "server/prod#VENDOR", template: "https://{}@host"}}
"""
STG = {"VENDOR": "given by them", "SIGNING": "s1", "SESSION": "s2", "HOST": "harbor.example.com"}


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "100")
    root = bao.tree(tmp_path / "tree", SPEC, ("stg", "prod"))
    monkeypatch.chdir(root)
    bao.put("both", SHARED="of both")
    bao.put("server/stg", **STG)
    return root


@pytest.mark.usefixtures("tree")
def test_plan_of_a_copy_says_what_stays_behind_and_why(bao: Bao, call: Call) -> None:
    ended = call("secrets", "copy", "stg", "prod", "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"{bao.mount}/both  (shared by stg, prod)\n"
        "  = SHARED\n"
        "\n"
        f"{bao.mount}/server/prod  (new)\n"
        "  + VENDOR   from server/stg#VENDOR\n"
        "  = SIGNING  it is generated: --include copies it\n"
        "  = SESSION  it stays in its environment\n"
        "  = HOST     its value stands in the spec\n"
        "  = ABSENT   server/stg#ABSENT is not there\n"
        "  + URL      made from server/prod#VENDOR\n"
        "\n"
        "2 to add, 5 as they are\n"
    )
    assert bao.version("server/prod") == 0


@pytest.mark.usefixtures("tree")
def test_copy_writes_what_may_go_and_derives_the_rest(bao: Bao, call: Call) -> None:
    assert call("secrets", "copy", "stg", "prod", "--yes").code == 0
    assert bao.data("server/prod") == {
        "VENDOR": "given by them",
        "URL": "https://given by them@host",
    }
    again = call("secrets", "copy", "stg", "prod", "--yes")
    assert again.out.startswith("nothing to do")
    assert bao.version("server/prod") == 1
    assert bao.data("server/stg") == STG


@pytest.mark.usefixtures("tree")
def test_what_is_there_stays_unless_named(bao: Bao, call: Call) -> None:
    bao.put("server/prod", VENDOR="prod's own one", OTHER="kept")
    call("secrets", "copy", "stg", "prod", "--yes")
    assert bao.data("server/prod")["VENDOR"] == "prod's own one"
    call("secrets", "copy", "stg", "prod", "--yes", "--overwrite", "VENDOR")
    assert bao.data("server/prod")["VENDOR"] == "given by them"
    assert bao.data("server/prod")["OTHER"] == "kept"


@pytest.mark.usefixtures("tree")
def test_excluded_and_included(bao: Bao, call: Call) -> None:
    arguments = ["--exclude", "server/prod#VENDOR", "--include", "server/prod#SIGNING", "--yes"]
    assert call("secrets", "copy", "stg", "prod", *arguments).code == 0
    assert bao.data("server/prod") == {"SIGNING": "s1"}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("option", ["--overwrite", "--include"])
def test_bound_key_never_goes(option: str, bao: Bao, call: Call) -> None:
    ended = call("secrets", "copy", "stg", "prod", "--yes", option, "server/prod#SESSION")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == ("error: server/prod#SESSION is not copied: it stays in its environment\n")
    assert bao.version("server/prod") == 0


@pytest.mark.usefixtures("tree")
def test_value_that_the_target_does_not_take(bao: Bao, call: Call) -> None:
    bao.put("server/stg", VENDOR="CHANGE_ME")
    ended = call("secrets", "copy", "stg", "prod", "--yes")
    assert ended.code == 2
    assert "  server/prod#VENDOR is a placeholder, not a value\n" in ended.err
    assert bao.version("server/prod") == 0


def identity() -> tuple[pyrage.x25519.Identity, str]:
    made = pyrage.x25519.Identity.generate()
    return made, str(made.to_public())


@pytest.mark.usefixtures("tree")
def test_export_comes_back_by_seeding(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, recipient = identity()
    file = tmp_path / "stg.age"
    ended = call("secrets", "export", "stg", "--to", recipient, "-o", str(file))
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"{file} is written, for 1 recipient\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = pyrage.decrypt(file.read_bytes(), [key])
    kept = {name: value for name, value in STG.items() if name != "HOST"}
    assert json.loads(text) == {
        f"{bao.mount}/both": {"SHARED": "of both"},
        f"{bao.mount}/server/stg": kept,
    }
    for path in ("both", "server/stg"):
        bao.server.done("DELETE", f"{bao.mount}/metadata/{path}")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert call("secrets", "seed", "stg", "--from-file", "-", "--yes").code == 0
    assert bao.data("server/stg") == STG
    assert bao.data("both") == {"SHARED": "of both"}


@pytest.mark.usefixtures("tree")
def test_nothing_in_clear_text_is_left(bao: Bao, call: Call, tmp_path: Path) -> None:
    bao.put("server/stg", VENDOR="swordfish-7f3a")
    _, recipient = identity()
    names = tmp_path / "recipients"
    names.write_text(f"# the team\n{recipient}\n", "utf-8")
    file = tmp_path / "stg.age"
    arguments = ["--recipients-file", str(names), "-o", str(file)]
    assert call("secrets", "export", "stg", *arguments).code == 0
    found = [item for item in tmp_path.rglob("*") if item.is_file()]
    assert file in found
    assert not any(b"swordfish" in item.read_bytes() for item in found)


@pytest.mark.usefixtures("tree")
def test_what_seeding_would_not_take_is_left_out_by_name(
    bao: Bao, call: Call, tmp_path: Path
) -> None:
    bao.put("server/stg", VENDOR={"nested": "x"}, unknown="y")
    ended = call("secrets", "export", "stg", "--to", identity()[1], "-o", str(tmp_path / "x"))
    assert f"left out: {bao.mount}/server/stg#VENDOR: no text\n" in ended.err
    assert f"left out: {bao.mount}/server/stg#unknown: not in the spec\n" in ended.err


def test_git_work_tree_is_refused_also_behind_a_link(
    call: Call, tree: Path, tmp_path: Path
) -> None:
    (tree / ".git").mkdir()
    (tmp_path / "link").symlink_to(tree / "environments")
    for output in (tree / "stg.age", tmp_path / "link" / "stg.age"):
        ended = call("secrets", "export", "stg", "--to", identity()[1], "-o", str(output))
        assert ended.code == 2
        assert ended.err.startswith(f"error: {output} lies in the Git work tree {tree}\n")
        assert not output.exists()


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("recipient", "message"),
    [
        ("AGE-SECRET-KEY-1SWORDFISH", "recipient 1 is a private key, which is not repeated here"),
        ("age1swordfish", "recipient 1 is none"),
        ("ssh-ed25519 swordfish", "recipient 1 is none"),
    ],
)
def test_recipient_that_is_none(recipient: str, message: str, call: Call, tmp_path: Path) -> None:
    ended = call("secrets", "export", "stg", "--to", recipient, "-o", str(tmp_path / "x"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: {message}\n")
    assert "SWORDFISH" not in ended.err.upper()


@pytest.mark.usefixtures("tree")
def test_export_needs_a_file_and_a_reader(call: Call, tmp_path: Path) -> None:
    assert "where to?" in call("secrets", "export", "stg", "--to", identity()[1]).err
    assert "nobody could read" in call("secrets", "export", "stg", "-o", str(tmp_path / "x")).err
