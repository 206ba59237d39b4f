"""`secrets plan` and `secrets seed` against a real OpenBao."""

from __future__ import annotations

import io
import json
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command
from tests.cli.terminal import Answers, talk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

SPEC = """\
  server/stg:
    environments: [stg]
    keys:
      SIGNING_SECRET: {generate: {as: base64, bytes: 32}}
      API_KEY: {prompt: true, minLength: 8}
      WEBHOOK: {prompt: true, required: false}
      URL: {from: {secret: server/stg#API_KEY, template: "https://x:{}@host"}}
  harbor/stg:
    environments: [stg]
    keys:
      registry: {value: harbor.example.com}
"""


@pytest.fixture
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "160")
    root = bao.tree(tmp_path / "tree", SPEC)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def env_file(tree: Path) -> str:
    file = tree.parent / "stg.env"
    file.write_text("API_KEY=given-value-1\n", "utf-8")
    file.chmod(0o600)
    return str(file)


@pytest.mark.usefixtures("tree")
def test_plan_of_an_empty_mount(bao: Bao, call: Call) -> None:
    ended = call("secrets", "plan", "stg")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        f"{bao.mount}/server/stg  (new)\n"
        "  + SIGNING_SECRET  generated (base64)\n"
        "  + API_KEY         asked for\n"
        "  = WEBHOOK         not there; optional\n"
        "  + URL             made from server/stg#API_KEY\n"
        "\n"
        f"{bao.mount}/harbor/stg  (new)\n"
        "  + registry  as the spec says\n"
        "\n"
        "4 to add, 1 as they are\n"
    )
    assert bao.version("server/stg") == 0


def test_seed_fills_everything_and_a_second_run_changes_nothing(
    bao: Bao, call: Call, env_file: str
) -> None:
    ended = call("secrets", "seed", "stg", "--from-env-file", env_file)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"{bao.mount}/server/stg version 1: SIGNING_SECRET, API_KEY, URL\n"
        f"{bao.mount}/harbor/stg version 1: registry\n"
        "4 keys written in 2 paths\n"
    )
    data = bao.data("server/stg")
    assert len(data["SIGNING_SECRET"]) == 44
    assert data["API_KEY"] == "given-value-1"
    assert data["URL"] == "https://x:given-value-1@host"
    assert bao.data("harbor/stg") == {"registry": "harbor.example.com"}
    again = call("secrets", "seed", "stg", "--from-env-file", env_file)
    assert (again.code, again.out) == (0, "nothing to do: 5 keys as the spec says\n")
    assert (bao.version("server/stg"), bao.version("harbor/stg")) == (1, 1)
    assert call("secrets", "plan", "stg").code == 0


@pytest.mark.usefixtures("tree")
def test_missing_values_are_all_named_before_the_first_write(bao: Bao, call: Call) -> None:
    ended = call("secrets", "seed", "stg", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: a value is missing, nothing was written\n"
        "  server/stg#API_KEY: set SERVER_STG__API_KEY, pass --from-env-file, "
        "or run on a terminal\n"
        "hint: --partial writes the others\n"
    )
    assert (bao.version("server/stg"), bao.version("harbor/stg")) == (0, 0)


@pytest.mark.usefixtures("tree")
def test_partial_leaves_the_missing_ones_and_what_is_made_from_them(bao: Bao, call: Call) -> None:
    ended = call("secrets", "seed", "stg", "--partial")
    assert ended.code == 1
    assert ended.err == (
        "still wanting: server/stg#API_KEY  (not there)\n"
        "still wanting: server/stg#URL  (server/stg#API_KEY is not there)\n"
    )
    assert set(bao.data("server/stg")) == {"SIGNING_SECRET"}
    again = call("secrets", "seed", "stg", "--partial")
    assert (again.code, again.out) == (1, "nothing to write; 2 keys of 5 missing or not usable\n")


def test_bad_value_stops_everything_and_is_not_shown(bao: Bao, call: Call, tree: Path) -> None:
    (tree / "bad.env").write_text("API_KEY=CHANGE_ME\n", "utf-8")
    ended = call("secrets", "seed", "stg", "--from-env-file", "bad.env")
    assert ended.code == 2
    assert "  server/stg#API_KEY is a placeholder, not a value\n" in ended.err
    assert bao.version("harbor/stg") == 0


@pytest.mark.parametrize("command", ["plan", "seed"])
def test_bad_input_is_found_without_writing(command: str, bao: Bao, call: Call, tree: Path) -> None:
    (tree / "bad.env").write_text("API_KEY=CHANGE_ME\n", "utf-8")
    more = ["--dry-run"] if command == "seed" else []
    ended = call("secrets", command, "stg", "--from-env-file", "bad.env", *more)
    assert ended.code == (2 if command == "seed" else 1)
    assert "bad.env line 1; cannot be used: it is a placeholder, not a value\n" in ended.out
    assert bao.version("harbor/stg") == 0


def test_rotation_s_note_that_may_not_be_written_does_not_stop_anything(
    bao: Bao, call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tree / "environments/secrets.yaml"
    text = spec.read_text("utf-8").replace(
        "prompt: true, minLength: 8", "value: a1b2, rotation: 9d"
    )
    spec.write_text(text, "utf-8")
    bao.put("server/stg", WEBHOOK="other")
    policy = 'path "MOUNT/data/*" { capabilities = ["read", "create", "update"] }'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "seed", "stg", "--yes")
    assert ended.code == 0
    assert ended.err.startswith("warning: the time of the change is not noted: the token may not")
    assert "4 keys written in 2 paths\n" in ended.out


@pytest.fixture
def shared(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = "  both: {environments: [stg, prod], shared: true, keys: {A: {prompt: true}}}\n"
    monkeypatch.chdir(bao.tree(tmp_path / "shared", spec, ("stg", "prod")))
    bao.put("both", A="a1b2c3d4-first", old="x")
    monkeypatch.setenv("BOTH__A", "a1b2c3d4-second")


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("option", [["--overwrite", "A"], ["--prune"]])
def test_what_other_environments_lose_needs_consent(
    option: list[str], bao: Bao, call: Call
) -> None:
    refused = call("secrets", "seed", "stg", *option)
    assert refused.code == 2
    assert refused.err == (
        f"error: this also changes prod ({bao.mount}/both), nothing was written\n"
        "hint: --yes agrees to that\n"
    )
    assert bao.version("both") == 1
    assert call("secrets", "seed", "stg", "--yes", *option).code == 0
    assert bao.version("both") == 2


def test_what_is_there_stays_unless_it_is_to_be_overwritten(
    bao: Bao, call: Call, env_file: str
) -> None:
    bao.put("server/stg", API_KEY="first-value-0", other="kept", number=5)
    seeded = call("secrets", "seed", "stg", "--from-env-file", env_file)
    assert seeded.code == 0
    assert bao.data("server/stg")["API_KEY"] == "first-value-0"
    plan = call("secrets", "plan", "stg", "--from-env-file", env_file)
    assert "= API_KEY         another value is given, this one stays: --overwrite" in plan.out
    assert "= number          not in the spec: --prune removes it" in plan.out
    call("secrets", "seed", "stg", "--from-env-file", env_file, "--overwrite", "API_KEY")
    data = bao.data("server/stg")
    assert data["API_KEY"] == "given-value-1"
    assert data["URL"] == "https://x:given-value-1@host"
    assert (data["other"], data["number"]) == ("kept", 5)


def test_prune_removes_what_the_spec_does_not_know(bao: Bao, call: Call, env_file: str) -> None:
    bao.put("server/stg", API_KEY="first-value-0", other="gone")
    ended = call("secrets", "seed", "stg", "--from-env-file", env_file, "--prune")
    assert f"{bao.mount}/server/stg version 2: SIGNING_SECRET, URL, other\n" in ended.out
    assert set(bao.data("server/stg")) == {"API_KEY", "SIGNING_SECRET", "URL"}


def test_dry_run_writes_nothing(bao: Bao, call: Call, env_file: str) -> None:
    ended = call("secrets", "seed", "stg", "--from-env-file", env_file, "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert f"  + API_KEY         from {env_file} line 1\n" in ended.out
    assert bao.version("server/stg") == 0


@pytest.mark.usefixtures("tree")
def test_plan_for_programs(bao: Bao, call: Call) -> None:
    bao.put("server/stg", API_KEY="x")
    plan = json.loads(call("secrets", "plan", "stg", "--format", "json").out)
    assert (plan["version"], plan["environment"], plan["pending"]) == (1, "stg", True)
    assert plan["address"] == bao.address
    assert plan["summary"] == {"add": 3, "change": 0, "keep": 2, "remove": 0}
    keys = {key["key"]: key for key in plan["paths"][0]["keys"]}
    assert keys["API_KEY"] == {
        "key": "API_KEY",
        "action": "keep",
        "origin": "asked for",
        "source": None,
        "note": "is shorter than 8 characters: --overwrite server/stg#API_KEY replaces it",
        "lack": None,
    }


@pytest.mark.usefixtures("tree")
def test_value_from_stdin(bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"server/stg: {API_KEY: from-standard-input}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert call("secrets", "seed", "stg", "--from-file", "-").code == 0
    assert bao.data("server/stg")["API_KEY"] == "from-standard-input"


@pytest.mark.usefixtures("tree")
def test_variable_in_the_long_form_counts_and_the_short_one_does_not(
    bao: Bao, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "the-person's-own")
    assert call("secrets", "seed", "stg").code == 2
    monkeypatch.setenv("SERVER_STG__API_KEY", "meant-for-this")
    assert call("secrets", "seed", "stg").code == 0
    assert bao.data("server/stg")["API_KEY"] == "meant-for-this"


@pytest.mark.usefixtures("tree")
def test_value_on_the_command_line_is_refused_and_not_repeated(call: Call) -> None:
    ended = call("secrets", "seed", "stg", "API_KEY=swordfish-7f3a")
    assert (ended.code, ended.out) == (2, "")
    assert "swordfish" not in ended.err
    assert "--from-env-file" in ended.err


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    "arguments", [["plan", "API_KEY=swordfish-7f3a"], ["plan", "stg", "--login", "swordfish-7f3a"]]
)
def test_value_in_another_place_is_not_repeated_either(arguments: list[str], call: Call) -> None:
    ended = call("secrets", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "swordfish" not in ended.err


@pytest.mark.usefixtures("tree")
def test_environment_that_the_spec_does_not_serve(call: Call, tree: Path) -> None:
    text = (tree / "apps/stg.yaml").read_text("utf-8").replace("stg", "prod")
    (tree / "apps/prod.yaml").write_text(text, "utf-8")
    ended = call("secrets", "plan", "prod")
    assert ended.err == (
        "error: environments/secrets.yaml: no path serves prod\nhint: its environments: stg\n"
    )
    assert ended.code == 2


def test_deleted_path_is_left_alone_until_it_is_named(bao: Bao, call: Call, env_file: str) -> None:
    bao.put("harbor/stg", registry="harbor.example.com", other="of somebody")
    bao.server.done("DELETE", f"{bao.mount}/data/harbor/stg")
    assert (
        f"{bao.mount}/harbor/stg  (version 1 was deleted)\n" in call("secrets", "plan", "stg").out
    )
    refused = call("secrets", "seed", "stg", "--from-env-file", env_file, "--yes")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: a path was deleted, nothing was written\n"
        f"  {bao.mount}/harbor/stg: bao kv undelete -mount={bao.mount} -versions=1 harbor/stg "
        "brings it back\n"
        "hint: or write new values: --overwrite 'harbor/stg#*'\n"
    )
    assert bao.version("server/stg") == 0
    named = ["--from-env-file", env_file, "--overwrite", "harbor/stg#*"]
    assert call("secrets", "seed", "stg", *named).code == 0
    assert bao.data("harbor/stg") == {"registry": "harbor.example.com"}
    assert bao.version("harbor/stg") == 2


@pytest.mark.usefixtures("tree")
def test_policy_that_does_not_allow_to_write_is_found_before_the_first_write(
    bao: Bao, call: Call, env_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = 'path "MOUNT/data/*" { capabilities = ["read"] }\n'
    policy += 'path "MOUNT/data/harbor/*" { capabilities = ["read", "create"] }'
    monkeypatch.setenv("BAO_TOKEN", bao.token_with(policy))
    ended = call("secrets", "seed", "stg", "--from-env-file", env_file)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: the token may not create {bao.mount}/data/server/stg\n")
    assert bao.version("harbor/stg") == 0


@pytest.mark.usefixtures("tree")
def test_time_of_change_is_noted_for_keys_with_a_period(bao: Bao, call: Call, tree: Path) -> None:
    spec = tree / "environments/secrets.yaml"
    text = spec.read_text("utf-8").replace("prompt: true, minLength: 8", "value: a, rotation: 9d")
    spec.write_text(text, "utf-8")
    assert call("secrets", "seed", "stg").code == 0
    assert bao.annotations("server/stg") == {}
    bao.put("server/stg", WEBHOOK="other")
    assert call("secrets", "seed", "stg").code == 0
    assert list(bao.annotations("server/stg")) == ["changed-at.API_KEY"]


ASKED = (
    "Values are asked for and not shown; Enter alone leaves one out.\n"
    "server/stg#API_KEY\n"
    "  value: \n"
)


@pytest.mark.usefixtures("tree")
def test_person_is_asked_also_while_stdin_carries_a_file(
    bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    program = " ".join(map(shlex.quote, command("secrets", "seed", "stg", "--from-file", "-")))
    code, shown = talk(
        ("/bin/sh", "-c", f"printf 'WEBHOOK=of-the-file-1' | {program}"),
        ((b"value: ", b"typed-value-1\n"), (b"[y/N]: ", b"y\n")),
    )
    assert code == 0
    assert shown.startswith(ASKED)
    assert "  + WEBHOOK         from stdin line 1\n" in shown
    data = bao.data("server/stg")
    assert (data["API_KEY"], data["WEBHOOK"]) == ("typed-value-1", "of-the-file-1")


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("answers", "code", "last"),
    [
        (((b"value: ", b"\x04"),), 130, "  value: "),
        (((b"value: ", b"typed-value-1\n"), (b"[y/N]: ", b"\x04")), 0, "nothing was written\n"),
        (((b"value: ", b"typed-value-1\n"), (b"[y/N]: ", b"\n")), 0, "nothing was written\n"),
        (((b"value: ", b"-----BEGIN KEY-----\nMIIB\n"),), 2, "the others\n"),
    ],
)
def test_person_changes_their_mind(answers: Answers, code: int, last: str, bao: Bao) -> None:
    ended, shown = talk(command("secrets", "seed", "stg"), answers)
    assert (ended, shown.endswith(last)) == (code, True), shown
    assert bao.version("harbor/stg") == 0


@pytest.mark.usefixtures("tree")
def test_path_that_is_deleted_while_a_person_thinks_stays_deleted(bao: Bao) -> None:
    bao.put("server/stg", API_KEY="first-value-0", other="of somebody")

    def agree() -> bytes:
        bao.server.done("DELETE", f"{bao.mount}/data/server/stg")
        return b"y\n"

    code, shown = talk(command("secrets", "seed", "stg"), ((b"[y/N]: ", agree),))
    assert code == 3
    assert f"{bao.mount}/server/stg was deleted or written meanwhile, nothing was written" in shown
    assert bao.data("server/stg") == {}
    assert bao.version("harbor/stg") == 0
