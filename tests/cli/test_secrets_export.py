"""`secrets export` against a real OpenBao."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pyrage
import pytest

from tests.cli.conftest import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Call
    from tests.secrets.fixtures import Bao

CANARY = "swordfish-7f3a"
SPEC = """\
  both:
    environments: [stg, prod]
    shared: true
    keys:
      SHARED: {prompt: true}
  server/stg:
    environments: [stg]
    keys:
      VENDOR: {prompt: true, minLength: 8}
      SIGNING: {generate: {as: base64, bytes: 32}, environmentBound: true}
      HOST: {value: harbor.example.com}
      URL: {from: {secret: "server/stg#VENDOR", template: "https://{}@host"}}
      PEM: {prompt: true, required: false}
"""
STG = {
    "VENDOR": f"{CANARY} ' \" \\ $HOME # =",
    "SIGNING": "0123",
    "HOST": "harbor.example.com",
    "URL": f"https://{CANARY} ' \" \\ $HOME # =@host",
    "PEM": "-----BEGIN KEY-----\nüñ\u2028\U0001f511\n-----END KEY-----\n",
}


@pytest.fixture(autouse=True)
def tree(bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "100")
    root = bao.tree(tmp_path / "tree", SPEC, ("stg", "prod"))
    monkeypatch.chdir(root)
    bao.put("both", SHARED="of both")
    bao.put("server/stg", **STG)
    return root


IDENTITY = pyrage.x25519.Identity.generate()
TO = ("--to", str(IDENTITY.to_public()))


def opened(file: Path) -> str:
    """What is in an export."""
    text: bytes = pyrage.decrypt(file.read_bytes(), [IDENTITY])
    return text.decode()


@pytest.mark.parametrize("form", ["yaml", "json", "dotenv"])
def test_export_comes_back_by_seeding(
    form: str, bao: Bao, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stg.age"
    ended = call("secrets", "export", "stg", *TO, "-o", str(file), "--format", form)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"{file} is written, for 1 recipient\n"
    for path in ("both", "server/stg"):
        bao.server.done("DELETE", f"{bao.mount}/metadata/{path}")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(opened(file).encode())))
    assert call("secrets", "seed", "stg", "--from-file", "-", "--yes").code == 0
    assert bao.data("server/stg") == STG
    assert bao.data("both") == {"SHARED": "of both"}


def test_text_inside_says_what_it_is(bao: Bao, call: Call, tmp_path: Path) -> None:
    bao.put("server/stg", **STG)
    call("secrets", "export", "stg", *TO, "-o", str(tmp_path / "x"))
    head = opened(tmp_path / "x").splitlines()[:5]
    assert head[0] == "# plate-llm secrets export of stg"
    assert head[1].startswith(f"# from {bao.address} at 20")
    assert head[2:] == [
        f"# {bao.mount}/both: version 1",
        f"# {bao.mount}/server/stg: version 2",
        f'"{bao.mount}/both":',
    ]


def test_keys_that_seeding_would_not_take_are_kept_as_comments(
    bao: Bao, call: Call, tmp_path: Path
) -> None:
    bao.put(
        "server/stg",
        VENDOR="CHANGE_ME",
        SIGNING={"n": [1]},
        HOST="old.example.com",
        OLD="a\nb",
    )
    ended = call("secrets", "export", "stg", *TO, "-o", str(tmp_path / "x"))
    assert ended.code == 0
    assert ended.err.splitlines()[:-1] == [
        "warning: server/stg#HOST is in the export as a comment only: the spec makes another value",
        "warning: server/stg#OLD is in the export as a comment only: not in the spec",
        "warning: server/stg#SIGNING is in the export as a comment only: it is no text",
        "warning: server/stg#VENDOR is in the export as a comment only: "
        "it is a placeholder, not a value",
    ]
    place = f"{bao.mount}/server/stg"
    assert opened(tmp_path / "x").splitlines()[-4:] == [
        f'# "{place}#HOST": "old.example.com"  # the spec makes another value',
        f'# "{place}#OLD": "a\\nb"  # not in the spec',
        f'# "{place}#SIGNING": {{"n": [1]}}  # it is no text',
        f'# "{place}#VENDOR": "CHANGE_ME"  # it is a placeholder, not a value',
    ]


def test_json_has_no_comments_and_says_so(bao: Bao, call: Call, tmp_path: Path) -> None:
    bao.put("server/stg", VENDOR="long enough", **{"OLD\x1b[2J": "x"})
    file = tmp_path / "x"
    ended = call("secrets", "export", "stg", *TO, "-o", str(file), "--format", "json")
    assert ended.err.startswith(
        "warning: server/stg#OLD\\x1b[2J is left out, JSON having no comments: not in the spec\n"
    )
    assert json.loads(opened(file)) == {
        f"{bao.mount}/both": {"SHARED": "of both"},
        f"{bao.mount}/server/stg": {"VENDOR": "long enough"},
    }


def test_deleted_path_is_said(bao: Bao, call: Call, tmp_path: Path) -> None:
    bao.server.done("DELETE", f"{bao.mount}/data/both")
    ended = call("secrets", "export", "stg", *TO, "-o", str(tmp_path / "x"))
    assert ended.code == 0
    assert ended.err.startswith(
        f"warning: {bao.mount}/both is deleted: nothing of it is in the export\n"
    )


def test_empty_openbao_replaces_no_backup(bao: Bao, call: Call, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("the good one")
    for path in ("both", "server/stg"):
        bao.server.done("DELETE", f"{bao.mount}/metadata/{path}")
    ended = call("secrets", "export", "stg", *TO, "-o", str(tmp_path / "x"))
    assert ended.code == 2
    assert ended.err == "error: nothing of stg is stored, and nothing was written\n"
    assert (tmp_path / "x").read_text() == "the good one"


def test_nothing_in_clear_text_is_left(
    bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao.put("server/stg", VENDOR=CANARY, OLD=CANARY, URL=CANARY)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for output in (["-o", str(tmp_path / "stg.age")], []):
        done = subprocess.run(  # noqa: S603 - our own command
            command("secrets", "export", "stg", *TO, "-v", *output),
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert CANARY.encode() not in done.stdout + done.stderr
    found = [item for item in tmp_path.rglob("*") if item.is_file()]
    assert tmp_path / "stg.age" in found
    assert not any(CANARY.encode() in item.read_bytes() for item in found)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_pipe_gets_the_encrypted_text_alone(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command("secrets", "export", "stg", *TO), capture_output=True, timeout=60, check=True
    )
    assert done.stderr == b""
    (tmp_path / "x").write_bytes(done.stdout)
    assert '"SHARED": "of both"' in opened(tmp_path / "x")


def test_redirection_is_refused_since_it_may_lead_into_git(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as stdout:
        done = subprocess.run(  # noqa: S603 - our own command
            command("secrets", "export", "stg", *TO),
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: where to? values go into a file or a pipe")
    assert (tmp_path / "x").read_bytes() == b""


def test_file_is_for_its_owner_alone_whatever_was_there(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("before")
    file.chmod(0o644)
    assert call("secrets", "export", "stg", *TO, "-o", str(file), "-q").err == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert opened(file)
    assert {item.name for item in tmp_path.iterdir()} == {"tree", "x"}


def test_git_work_tree_is_refused_before_openbao_is_asked(
    call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / ".git").mkdir()
    monkeypatch.setenv("BAO_ADDR", "http://127.0.0.1:9")
    ended = call("secrets", "export", "stg", *TO, "-o", "stg.age")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"error: stg.age lies in the Git work tree {tree}\n"
        "hint: write it to a folder outside of every repository\n"
    )
    assert not (tree / "stg.age").exists()


def test_private_key_is_not_repeated(call: Call, tmp_path: Path) -> None:
    secret = str(IDENTITY)
    ended = call("secrets", "export", "stg", "--to", secret, "-o", str(tmp_path / "x"), "-v")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: recipient 1 is a private key, which is not repeated here\n"
        "hint: a private key must not be on a command line, where others can read it: "
        "name the public one, which `age-keygen -y` prints\n"
    )


def test_export_needs_a_place_and_a_reader(call: Call, tmp_path: Path) -> None:
    assert "where to?" in call("secrets", "export", "stg", *TO).err
    assert "nobody could read" in call("secrets", "export", "stg", "-o", str(tmp_path / "x")).err
    assert not (tmp_path / "x").exists()
