"""Stdout and stderr: full, closed, read by nobody, of another encoding."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import command

if TYPE_CHECKING:
    from tests.cli.conftest import Call, Tree

PRINTING = [
    ["render", "--all"],
    ["validate"],
    ["env", "list"],
    ["--help"],
    ["validate", "--format", "json"],
    ["rules"],
]


def _shell(tree: Tree, script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run `script` in sh; `"$@"` in it is the command with `arguments`."""
    return subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", script, "sh", *command(*arguments)],
        capture_output=True,
        cwd=tree.root,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", PRINTING[:4])
def test_full_disk(arguments: list[str], tree: Tree) -> None:
    ended = _shell(tree, '"$@" > /dev/full', *arguments)
    assert (ended.returncode, ended.stderr) == (
        2,
        b"error: stdout cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("arguments", [["render", "--all"], ["validate"], ["--help"]])
def test_closed_stdout(arguments: list[str], tree: Tree) -> None:
    ended = _shell(tree, '"$@" >&-', *arguments)
    assert (ended.returncode, ended.stderr) == (
        2,
        b"error: stdout cannot be written: Bad file descriptor\n",
    )


@pytest.mark.parametrize("arguments", [*PRINTING, ["validat"], []])
def test_reader_that_has_gone(arguments: list[str], tree: Tree) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(  # noqa: S603 - our own command
        command(*arguments),
        stdout=writer,
        stderr=writer if arguments in (["validat"], []) else subprocess.PIPE,
        cwd=tree.root,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert ended.returncode == (2 if arguments in (["validat"], []) else 0)
    assert not ended.stderr


def test_findings_count_though_nobody_reads_them(tree: Tree) -> None:
    tree.write("charts/web/templates/x.yaml", "{{ fail }}")
    ended = _shell(tree, '{ "$@"; echo $? >&2; } | true', "validate")
    assert ended.stderr == b"1\n"


def test_closed_stderr(tree: Tree) -> None:
    ended = _shell(tree, '"$@" 2>&-', "validat")
    assert (ended.returncode, ended.stdout) == (2, b"")


def test_everything_closed(tree: Tree) -> None:
    before = tree.files()
    assert _shell(tree, '"$@" <&- >&- 2>&-', "validate").returncode == 2
    assert tree.files() == before


def test_closed_stdin(tree: Tree) -> None:
    assert _shell(tree, '"$@" <&-', "validate", "-q").returncode == 0
    ended = _shell(tree, '"$@" <&-', "render", "web-stg", "--values", "-")
    assert (ended.returncode, ended.stdout) == (0, _shell(tree, '"$@"', "render", "web-stg").stdout)


ASCII = {"PYTHONIOENCODING": "ascii"}
LOCALE = ASCII | {"PYTHONUTF8": "0", "LC_ALL": "C"}


def test_manifests_are_utf_8_in_every_locale(tree: Tree, process: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: 안녕하세요 😀\n")
    ended = process("render", "web-stg", **LOCALE)
    assert (ended.code, ended.err) == (0, "")
    assert 'greeting: "안녕하세요 😀"\n' in ended.out


def test_json_manifests_are_utf_8_in_every_locale(tree: Tree, process: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "greeting: 안녕하세요\n")
    ended = process("render", "web-stg", "--format", "json", **LOCALE)
    data = json.loads(ended.out)["releases"][0]["manifests"][0]["object"]["data"]
    assert data == {"greeting": "안녕하세요"}


def test_text_is_escaped_where_the_locale_has_no_such_letters(tree: Tree, process: Call) -> None:
    tree.write("charts/web/values-stg.yaml", "인사: 1\n")
    for arguments in (["validate"], ["env", "show", "web-stg"]):
        ended = process(*arguments, **LOCALE)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.isascii()
    tree.write("apps/인사.yaml", (tree.root / "apps/web-stg.yaml").read_text("utf-8"))
    tree.remove("apps/web-stg.yaml")
    assert process("env", "show", "web-stg", **ASCII).out.startswith(
        "web-stg  (apps/\\uc778\\uc0ac.yaml)\n"
    )


def test_error_is_escaped_where_the_locale_has_no_such_letters(process: Call) -> None:
    ended = process("render", "스테이징", **ASCII)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: no environment '\\uc2a4\\ud14c\\uc774\\uc9d5'\n")


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_color(environment: dict[str, str], colored: bool, process: Call) -> None:
    assert ("\x1b[" in process("validate", **environment).out) is colored
