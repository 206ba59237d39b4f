"""`secrets copy` against a real OpenBao."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command
from tests.cli.terminal import talk

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
    assert again.out.startswith("nothing to write")
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


@pytest.mark.usefixtures("tree")
def test_rehearsal_says_that_a_value_cannot_be_used(bao: Bao, call: Call) -> None:
    bao.put("server/stg", VENDOR="short")
    ended = call("secrets", "copy", "stg", "prod", "--dry-run")
    assert (ended.code, "+ VENDOR" in ended.out) == (2, True)
    assert "  server/prod#VENDOR is shorter than 8 characters\n" in ended.err
    assert "short\n" not in ended.err


@pytest.mark.usefixtures("tree")
def test_all_keys_of_a_path_are_those_that_go(bao: Bao, call: Call) -> None:
    bao.put("server/prod", VENDOR="prod's own one", SIGNING="p1", SESSION="p2", HOST="elsewhere")
    ended = call("secrets", "copy", "stg", "prod", "--yes", "--overwrite", "server/prod#*")
    assert ended.code == 0
    assert bao.data("server/prod") == {
        "VENDOR": "given by them",
        "SIGNING": "p1",
        "SESSION": "p2",
        "HOST": "elsewhere",
        "URL": "https://given by them@host",
    }


@pytest.mark.usefixtures("tree")
def test_generated_key_is_overwritten_once_it_is_included_too(bao: Bao, call: Call) -> None:
    bao.put("server/prod", SIGNING="p1")
    overwrite = ["--overwrite", "server/prod#SIGNING", "--exclude", "server/prod#VENDOR", "--yes"]
    refused = call("secrets", "copy", "stg", "prod", *overwrite)
    assert (refused.code, bao.version("server/prod")) == (2, 1)
    assert refused.err == (
        "error: server/prod#SIGNING is not copied: it is generated: --include copies it\n"
    )
    include = ["--include", "server/prod#SIGNING"]
    assert call("secrets", "copy", "stg", "prod", *overwrite, *include).code == 0
    assert bao.data("server/prod") == {"SIGNING": "s1"}


@pytest.mark.usefixtures("tree")
def test_what_the_other_environment_has_no_place_for_is_said(bao: Bao, call: Call) -> None:
    bao.put("server/stg", **STG, **{"LEGACY\x1b[2J": "x"})
    ended = call("secrets", "copy", "stg", "prod", "--dry-run")
    assert ended.err == (
        "warning: server/stg#LEGACY\\x1b[2J of stg is not copied: "
        "the spec has no such key for prod\n"
    )


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("option", ["--dry-run", "--yes"])
def test_deleted_path_is_written_only_when_it_is_named(option: str, bao: Bao, call: Call) -> None:
    bao.put("server/prod", VENDOR="prod's own one")
    bao.server.done("DELETE", f"{bao.mount}/data/server/prod")
    refused = call("secrets", "copy", "stg", "prod", option)
    assert (refused.code, bao.version("server/prod")) == (2, 1)
    assert refused.err == (
        "error: a path was deleted, nothing was written\n"
        f"  {bao.mount}/server/prod: bao kv undelete -mount={bao.mount} -versions=1 server/prod "
        "brings it back\n"
        "hint: or write new values: --overwrite 'server/prod#*'\n"
    )
    named = call("secrets", "copy", "stg", "prod", "--yes", "--overwrite", "server/prod#*")
    assert (named.code, bao.data("server/prod")["VENDOR"]) == (0, "given by them")


def test_copy_that_broke_off_is_finished_by_the_next_one(bao: Bao, call: Call, tree: Path) -> None:
    spec = tree / "environments" / "secrets.yaml"
    elsewhere = spec.read_text("utf-8").replace(
        "      URL:", "  client/of/prod:\n    environments: [prod]\n    keys:\n      URL:"
    )
    spec.write_text(elsewhere, "utf-8")
    bao.put("server/prod", VENDOR="prod's own one")
    bao.put("client/of/prod", URL="https://prod's own one@host")
    bao.put("server/prod", VENDOR="given by them")
    arguments = ["--overwrite", "server/prod#VENDOR", "--yes"]
    assert call("secrets", "copy", "stg", "prod", *arguments).code == 0
    assert bao.data("client/of/prod") == {"URL": "https://given by them@host"}


@pytest.mark.usefixtures("tree")
def test_other_environment_of_the_target_changes_by_consent_only(
    bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = SPEC.replace("environments: [prod]", "environments: [prod, dr]\n    shared: true")
    monkeypatch.chdir(bao.tree(tmp_path / "third", third, ("stg", "prod", "dr")))
    refused = call("secrets", "copy", "stg", "prod")
    assert (refused.code, refused.out, bao.version("server/prod")) == (2, "", 0)
    changes = f"this also changes dr ({bao.mount}/server/prod)"
    assert refused.err == (f"error: {changes}, nothing was written\nhint: --yes agrees to that\n")
    agreed = call("secrets", "copy", "stg", "prod", "--yes")
    assert (agreed.code, bao.version("server/prod")) == (0, 1)
    assert f"warning: {changes}\n" in agreed.err


@pytest.mark.usefixtures("tree")
def test_environment_is_not_copied_onto_itself(call: Call) -> None:
    ended = call("secrets", "copy", "stg", "app-stg", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "error: stg and app-stg are one environment\nhint: name two\n"


def test_environments_without_counterparts(call: Call, tree: Path) -> None:
    spec = tree / "environments" / "secrets.yaml"
    spec.write_text(spec.read_text("utf-8").replace("server/prod", "other/place/prod"), "utf-8")
    ended = call("secrets", "copy", "stg", "prod", "--yes")
    assert ended.code == 2
    assert ended.err.startswith("error: no path of stg is the counterpart of one of prod\nhint: ")


def test_token_that_may_not_read_the_first_environment(
    bao: Bao, call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tree.exists()
    policy = 'path "MOUNT/data/server/prod" {capabilities = ["create", "read", "update"]}'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "copy", "stg", "prod", "--yes")
    assert (ended.code, ended.out) == (3, "")
    assert f"read {bao.mount}/data/server/stg" in ended.err
    assert bao.version("server/prod") == 0


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(("answer", "versions"), [("n", 0), ("y", 1)])
def test_question_names_both_sides(answer: str, versions: int, bao: Bao) -> None:
    program = command("secrets", "copy", "stg", "prod")
    code, shown = talk(program, ((b"[y/N]: ", f"{answer}\n".encode()),))
    assert code == 0
    assert f"Copy this from stg to prod at {bao.address}? [y/N]" in shown
    assert "given by them" not in shown
    assert bao.version("server/prod") == versions
