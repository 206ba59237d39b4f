from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.secrets.values.input_text import MAX_BYTES, read_path, read_secret, read_stream
from tests.secrets.refusals import refusal

if TYPE_CHECKING:
    from pathlib import Path


def test_an_input_ends_at_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_bytes(b"#" * MAX_BYTES)
    assert len(read_path(path, "secrets.env").text) == MAX_BYTES

    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refusal(lambda: read_path(path, "secrets.env"))[0] == "secrets.env is larger than 1 MiB"


def test_a_stream_ends_at_the_same_limit() -> None:
    stream = io.BytesIO(b"#" * (MAX_BYTES + 1))

    assert refusal(lambda: read_stream(stream, "stdin"))[0] == "stdin is larger than 1 MiB"


@pytest.mark.parametrize(
    ("content", "line"), [(b"A=1\nB=hunter2\xff\n", 2), ("A=hunter2\n".encode("utf-16"), 1)]
)
def test_a_file_of_another_encoding_is_refused_at_its_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "secrets.env"
    path.write_bytes(content)

    assert refusal(lambda: read_path(path, "secrets.env")) == (
        f"secrets.env line {line} is no UTF-8",
        "save secrets.env as UTF-8",
    )


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"\xef\xbb\xbfhunter2\n", "hunter2"),
        (b"hunter2\n\n", "hunter2\n\n"),
        (b"hunter2 \n", "hunter2 "),
        (b"-----BEGIN K-----\n-----END K-----\n", "-----BEGIN K-----\n-----END K-----\n"),
        (b"a\r\nb\r\n", "a\r\nb\r\n"),
        (b"", ""),
        (b"\n", ""),
    ],
)
def test_a_secret_in_a_file_is_without_the_line_end_of_its_editor(
    tmp_path: Path, content: bytes, value: str
) -> None:
    (tmp_path / "key").write_bytes(content)

    assert read_secret(tmp_path / "key", "key") == value


def test_a_secret_in_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert read_secret(tmp_path / "absent", "absent") is None
    assert read_secret(tmp_path / "file" / "below", "file/below") is None


def test_a_secret_is_not_waited_for_at_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refusal(lambda: read_secret(tmp_path / "pipe", "pipe"))[0] == "pipe is no regular file"
    assert refusal(lambda: read_secret(tmp_path, "folder"))[0] == "folder is no regular file"
