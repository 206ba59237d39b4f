"""The help of every command: complete, true, and readable on a narrow terminal."""

from __future__ import annotations

import io
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.cli import COMMANDS, load
from plate_llm_cli.secrets.loading import load_spec
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Call, Outcome
    from tests.secrets.fixtures import Bao

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
@pytest.mark.parametrize("name", ["", "env", "schema", "secrets", *PAGES])
def test_page_fits_the_terminal(
    name: str, columns: int, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = call(*name.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    page, _, examples = ended.out.partition("\nExample")
    assert [line for line in page.splitlines() if len(line) > columns] == []
    assert examples.count("plate-llm") >= (0 if name in ("env", "schema", "secrets") else 1)


@pytest.mark.parametrize("name", PAGES)
def test_every_parameter_is_described(name: str) -> None:
    parameters = PAGES[name].params
    assert [item.name for item in parameters if not (item.help or "").endswith(".")] == []


@pytest.fixture
def openbao(bao: Bao, tmp_path: Path) -> None:
    """OpenBao with everything that this repository's spec asks for, and an input file."""
    values = {
        "OPENAI_API_KEY": f"sk-{'a1' * 30}",
        "ANTHROPIC_API_KEY": f"sk-ant-{'a1' * 30}",
        "LANGCHAIN_API_KEY": f"lsv2_{'a1' * 20}",
        "HARBOR_STAGING__USERNAME": "robot$plate",
        "HARBOR_STAGING__PASSWORD": "a1" * 12,
    }
    file = tmp_path / "stg.env"
    file.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), "utf-8")
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    (tmp_path.parent / "team.txt").write_text(f"{recipient}\n", "utf-8")
    file.chmod(0o600)
    for method in ("approle", "kubernetes"):  # an example before may have left them
        bao.server.ask("POST", f"sys/auth/{method}", {"type": method})
    for path in load_spec(Tree(HERE)).required().paths:
        before = {"data": dict.fromkeys(path.keys, f"robot${'c3' * 24}")}
        bao.server.done("POST", f"secret/data/{path.place.path}", before)
        data = {name: values.get(name, f"robot${'b2' * 24}") for name in path.keys}
        bao.server.done("POST", f"secret/data/{path.place.path}", {"data": data})


def _run(example: str, call: Call, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Outcome:
    program, *arguments = shlex.split(example.partition(" > ")[0].rpartition(" | ")[2])
    assert program == "plate-llm"
    monkeypatch.setenv("PLATE_LLM_ROOT", str(HERE))
    monkeypatch.chdir(folder)
    return call(*arguments)


@pytest.mark.parametrize("example", [line for line in EXAMPLES if "plate-llm secrets" not in line])
def test_example_works_as_it_stands(
    example: str, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if "schema values" in example and "--check" not in example:
        example += " --check"  # it would write into the repository
    ended = _run(example, call, monkeypatch, tmp_path)
    assert (ended.code, ended.err.startswith("error")) == (0, False), ended.err


@pytest.mark.usefixtures("openbao")
@pytest.mark.parametrize("example", [line for line in EXAMPLES if "plate-llm secrets" in line])
def test_example_with_openbao_works_as_it_stands(
    example: str, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    ended = _run(example, call, monkeypatch, tmp_path)
    assert ended.code in (0, 1), ended.err
    assert not ended.err.startswith("error")


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
