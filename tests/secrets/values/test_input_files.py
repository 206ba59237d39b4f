from __future__ import annotations

import io
import os
import threading
import traceback
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.input_files import InputFiles
from tests.secrets.refusals import refusal, shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("# c\n\nexport A=hunter2\n", "A"),
        ("'server/staging#A'=hunter2\n", "server/staging#A"),
        ("A = hunter2\n", "A"),
        ('\n{"A": "hunter2"}\n', "A"),
        ("{A: hunter2}\n", "A"),
        ("# c\nA: hunter2\n", "A"),
        ("---\nserver/staging: {A: hunter2}\n", "server/staging#A"),
    ],
)
def test_what_stdin_holds_is_told_by_its_content(content: str, name: str) -> None:
    found = InputFiles(io.BytesIO(content.encode())).read_file("-")

    assert [(item.name, item.value.reveal()) for item in found] == [(name, "hunter2")]


def test_what_comes_from_stdin_has_its_line_there() -> None:
    (found,) = InputFiles(io.BytesIO(b"\nA=hunter2\n")).read_env_file("-")

    assert found.where == "stdin line 2"


def test_stdin_is_read_once() -> None:
    files = InputFiles(io.BytesIO(b"A=hunter2\n"))
    files.read_file("-")

    assert refusal(lambda: files.read_env_file("-")) == (
        "stdin can be read once only",
        "give - for one of the inputs only",
    )


def test_values_are_not_typed_where_they_can_be_seen() -> None:
    primary, secondary = os.openpty()
    try:
        with open(secondary, "rb", closefd=False) as terminal:
            assert refusal(lambda: InputFiles(terminal).read_file("-")) == (
                "stdin is a terminal, which shows what is typed",
                "pipe a file into it; without -, values are asked for unseen",
            )
    finally:
        os.close(primary)
        os.close(secondary)


def test_a_pipe_of_the_shell_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"A=hunter2\n",))
    writer.start()
    files = InputFiles(io.BytesIO())

    found = files.read_file(str(pipe))

    writer.join(timeout=30)
    assert shown(found) == [("A", "hunter2", f"{pipe} line 1")]
    assert files.warnings == []


@pytest.mark.parametrize(("mode", "shown"), [(0o644, "0644"), (0o620, "0620"), (0o601, "0601")])
def test_a_file_that_others_can_open_is_read_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my secrets.env"
    path.write_text("A=hunter2\n")
    path.chmod(mode)
    files = InputFiles(io.BytesIO())

    files.read_env_file("my secrets.env")

    assert files.warnings == [
        f"my secrets.env is open to other users (mode {shown}): chmod 600 'my secrets.env'"
    ]


def test_a_file_of_its_owner_alone_is_read_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("A=hunter2\n")
    path.chmod(0o600)
    files = InputFiles(io.BytesIO())

    files.read_env_file(str(path))

    assert files.warnings == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.env", "absent.env cannot be read: No such file or directory"),
        (".", ". cannot be read: Is a directory"),
        ("a\0b", "a\0b cannot be read: it is no file name"),
    ],
)
def test_a_file_that_cannot_be_opened_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert refusal(lambda: InputFiles(io.BytesIO()).read_file(name))[0] == message


CANARY = "Zk9-canary-Q7w"

_CANARY_LINES = st.lists(
    st.sampled_from(
        [
            f"A={CANARY}",
            f"A='{CANARY}",
            f"{CANARY}=A",
            f"{CANARY}: A",
            f"A: {CANARY}",
            f"A: *{CANARY}",
            f"A: !{CANARY} b",
            f"A: &{CANARY}",
            f'{{"A": "{CANARY}"',
            f'"{CANARY}": null',
            f"%{CANARY}",
            f"- {CANARY}",
            f"  {CANARY}: [",
            f"<<: {CANARY}",
            CANARY,
            "}",
            "---",
        ]
    ),
    min_size=1,
    max_size=4,
)


@given(
    _CANARY_LINES, st.sampled_from(["env", "yaml", "json", "-"]), st.sampled_from(["", "\udcff"])
)
def test_whatever_is_wrong_with_an_input_nothing_of_it_is_told(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], suffix: str, broken: str
) -> None:
    data = ("\n".join(lines) + broken).encode(errors="surrogateescape")
    name = "-"
    if suffix != "-":
        path = tmp_path_factory.getbasetemp() / f"canary.{suffix}"
        path.write_bytes(data)
        name = str(path)
    try:
        told = repr(InputFiles(io.BytesIO(data)).read_file(name))
    except UsageError as error:
        told = "".join(traceback.format_exception(error)) + error.hint + repr(error.__context__)
    assert CANARY not in told
