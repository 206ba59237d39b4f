"""The help of every command: complete, true, and readable on a narrow terminal."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cli import COMMANDS, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Call

HERE = Path(__file__).parents[2]


def _pages() -> Iterator[tuple[str, Any]]:
    """Every command by what is typed to call it."""
    for name in COMMANDS:
        command = load(name)
        below = getattr(command, "commands", None)
        if below is None:
            yield name, command
        else:
            yield from ((f"{name} {inner}", below[inner]) for inner in below)


PAGES = dict(_pages())
EXAMPLES = [
    line for command in PAGES.values() for line in command.epilog.splitlines() if line.strip()
]


@pytest.mark.parametrize("columns", [80, 50])
@pytest.mark.parametrize("name", ["", "env", "schema", *PAGES])
def test_page_fits_the_terminal(
    name: str, columns: int, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = call(*name.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    page, _, examples = ended.out.partition("\nExample")
    assert [line for line in page.splitlines() if len(line) > columns] == []
    assert examples.count("plate-llm") >= (0 if name in ("env", "schema") else 1)


@pytest.mark.parametrize("name", PAGES)
def test_every_parameter_is_described(name: str) -> None:
    parameters = PAGES[name].params
    assert [item.name for item in parameters if not (item.help or "").endswith(".")] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_works_as_it_stands(
    example: str, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, *arguments = shlex.split(example.partition(" > ")[0])
    assert program == "plate-llm"
    monkeypatch.setenv("PLATE_LLM_ROOT", str(HERE))
    monkeypatch.chdir(tmp_path)
    if "schema values" in example and "--check" not in example:
        arguments.append("--check")  # it would write into the repository
    ended = call(*arguments)
    assert (ended.code, ended.err.startswith("error")) == (0, False), ended.err


def test_first_line_of_a_command_is_that_of_the_list() -> None:
    for name, text in COMMANDS.items():
        assert load(name).help.partition("\n")[0] == text


def test_page_is_plain_text_without_a_terminal(call: Call) -> None:
    assert "\x1b" not in call("render", "--help").out


def test_options_stand_under_their_subject(call: Call) -> None:
    page = call("render", "-h").out
    headings = [line for line in page.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings == [
        "Arguments:",
        "Options:",
        "Values on top of the Application's:",
        "Helm:",
        "The tree:",
        "Examples:",
    ]
