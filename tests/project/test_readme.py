from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("README.md", "README.ko.md")


def page(root: Path, name: str) -> str:
    return (root / name).read_text("utf-8")


def code(text: str) -> list[str]:
    """Every block and span of code, without comments: what a reader types or looks up."""
    blocks = re.findall(r"```\w+\n(.*?)```", text, flags=re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [re.sub(r" *#.*| +(?=\n)", "", piece) for piece in (*blocks, *spans)]


@pytest.mark.parametrize("name", PAGES)
def test_the_first_screen_has_both_commands(name: str, root: Path) -> None:
    first_screen = "\n".join(page(root, name).splitlines()[:15])
    assert "make demo" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("name", [*PAGES, "CONTRIBUTING.md"])
def test_make_targets_exist(name: str, root: Path) -> None:
    makefile = page(root, "Makefile")
    targets = set(re.findall(r"\bmake ([a-z]+)", "\n".join(code(page(root, name)))))
    assert targets
    assert [
        target for target in targets if not re.search(f"^{target}:", makefile, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("name", [*PAGES, "CONTRIBUTING.md", "docs/architecture.md"])
def test_nox_sessions_exist(name: str, root: Path) -> None:
    noxfile = page(root, "noxfile.py")
    sessions = set(re.findall(r"nox -s ([a-z]+)", page(root, name)))
    assert [session for session in sessions if f"\ndef {session}(" not in noxfile] == []


@pytest.mark.parametrize("name", [*PAGES, "CONTRIBUTING.md"])
def test_commands_exist(name: str, root: Path) -> None:
    used = re.findall(r"\bplate-llm ([a-z]+)", "\n".join(code(page(root, name))))
    assert sorted(set(used) - set(COMMANDS)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_is_listed(name: str, root: Path) -> None:
    listed = "\n".join(code(page(root, name)))
    assert [command for command in COMMANDS if f"plate-llm {command}" not in listed] == []


@pytest.mark.parametrize("name", [*PAGES, "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_lead_somewhere(name: str, root: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page(root, name))
    folder = (root / name).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_both_languages_have_the_same_sections(root: Path) -> None:
    english, korean = (re.findall(r"^#+", page(root, name), flags=re.MULTILINE) for name in PAGES)
    assert english == korean


def test_both_languages_name_the_same_things(root: Path) -> None:
    english, korean = (sorted(code(page(root, name))) for name in PAGES)
    assert english == korean


def test_generated_parts_are_up_to_date(root: Path) -> None:
    check = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.stderr == ""
    assert check.returncode == 0
