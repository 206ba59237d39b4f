from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.source.limits import MAX_BYTES
from plate_llm_cli.source.nodes import Problem, ProblemKind, SourceFile
from plate_llm_cli.source.reader import read_file, to_plain

if TYPE_CHECKING:
    from pathlib import Path

BINARY = "the file has NUL bytes: it is binary, not YAML"
UTF16 = "the file is UTF-16; Helm and Kubernetes read UTF-8"
UTF32 = "the file is UTF-32; Helm and Kubernetes read UTF-8"
OUTSIDE = "the file cannot be read: it lies outside the root; nothing outside is read"


def reading(tmp_path: Path, data: bytes) -> SourceFile:
    (tmp_path / "values.yaml").write_bytes(data)
    return read_file(tmp_path, "values.yaml")


def refused(root: Path, path: str) -> Problem:
    source = read_file(root, path)
    (problem,) = source.problems
    assert (source.path, source.text, source.documents) == (path, "", [])
    return problem


def test_a_file_is_read_under_its_relative_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.yaml").write_text("k: 한글\n", "utf-8")
    source = read_file(tmp_path, "a/b.yaml")
    assert (source.path, source.text, source.problems) == ("a/b.yaml", "k: 한글\n", [])


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    source = reading(tmp_path, b"\xef\xbb\xbfa: 1\n")
    assert (source.text, to_plain(source.root), source.problems) == ("a: 1\n", {"a": 1}, [])


def test_line_ends_are_kept(tmp_path: Path) -> None:
    assert reading(tmp_path, b"a: 1\r\nb: 2\r").text == "a: 1\r\nb: 2\r"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a: 1".encode("utf-16"), UTF16),
        ("a: 1".encode("utf-16-le"), UTF16),
        ("a: 1".encode("utf-16-be"), UTF16),
        ("a: 한글".encode("utf-16-be"), UTF16),
        ("a: 1".encode("utf-32"), UTF32),
        ("a: 1".encode("utf-32-le"), UTF32),
        ("a: 1".encode("utf-32-be"), UTF32),
        (b"a: 1\nb: \x00\n", BINARY),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", BINARY),
    ],
)
def test_other_encodings_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    source = reading(tmp_path, data)
    (problem,) = source.problems
    assert (problem.kind, problem.message) == (ProblemKind.ENCODING, message)
    assert (source.broken, source.documents) == (True, [])


def test_a_nul_byte_is_located(tmp_path: Path) -> None:
    (problem,) = reading(tmp_path, "a: 1\n한글\0".encode()).problems
    assert problem.span == (2, 3, 2, 4)


@pytest.mark.parametrize(
    ("data", "span", "message"),
    [
        (b"a: \xff", (1, 4, 1, 5), "byte 0xff at offset 3 is not UTF-8"),
        (
            "한: 글\r\n한".encode() + b"\xea\xb8",
            (2, 2, 2, 3),
            "byte 0xea at offset 13 is not UTF-8",
        ),
        (b"\xef\xbb\xbfa: \xc0\xaf", (1, 4, 1, 5), "byte 0xc0 at offset 6 is not UTF-8"),
        ("a: é".encode("latin-1"), (1, 4, 1, 5), "byte 0xe9 at offset 3 is not UTF-8"),
        (b"a: \xed\xa0\x80", (1, 4, 1, 5), "byte 0xed at offset 3 is not UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_located(
    tmp_path: Path, data: bytes, span: tuple[int, ...], message: str
) -> None:
    (problem,) = reading(tmp_path, data).problems
    assert (problem.kind, problem.span, problem.message) == (ProblemKind.ENCODING, span, message)


def test_the_line_of_a_bad_byte_can_be_shown(tmp_path: Path) -> None:
    assert reading(tmp_path, b"a: 1\nb: \xff2\n").line(2) == "b: \ufffd2"


def test_a_huge_file_is_not_parsed(tmp_path: Path) -> None:
    (problem,) = reading(tmp_path, b"#" * (MAX_BYTES + 1)).problems
    assert (problem.kind, problem.message) == (
        ProblemKind.LIMIT,
        "the file is larger than 10 MiB",
    )


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    problem = refused(tmp_path, "none.yaml")
    assert (problem.kind, problem.message, problem.span) == (
        ProblemKind.UNREADABLE,
        "the file cannot be read: no such file or directory",
        (1, 1, 1, 1),
    )


@pytest.mark.parametrize("path", ["../x.yaml", "/etc/passwd", "a/../../x.yaml"])
def test_paths_out_of_the_root_are_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "x.yaml").write_text("a: 1")
    (tmp_path / "root" / "a").mkdir(parents=True)
    assert refused(tmp_path / "root", path).message == OUTSIDE


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret.yaml").write_text("a: 1")
    (tmp_path / "root" / "x.yaml").symlink_to(tmp_path / "secret.yaml")
    assert refused(tmp_path / "root", "x.yaml").message == OUTSIDE


def test_a_folder_that_begins_like_the_root_is_outside(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root-2" / "x.yaml").write_text("a: 1")
    assert refused(tmp_path / "root", "../root-2/x.yaml").message == OUTSIDE


def test_a_link_inside_the_root_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert to_plain(read_file(tmp_path, "b.yaml").root) == {"a": 1}


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text("a: 1")
    (tmp_path / "root").symlink_to("real")
    assert read_file(tmp_path / "root", "a.yaml").problems == []


def test_a_loop_of_links_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert refused(tmp_path, "a.yaml").kind is ProblemKind.UNREADABLE


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert refused(tmp_path, "a.yaml").message == "the file cannot be read: it is no regular file"


def test_a_pipe_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert refused(tmp_path, "a.yaml").message == "the file cannot be read: it is no regular file"


def test_a_file_without_permission_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    (tmp_path / "a.yaml").chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything
        os.seteuid(65534)
    try:
        problem = refused(tmp_path, "a.yaml")
    finally:
        os.seteuid(user)
    assert problem.message == "the file cannot be read: permission denied"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "\ud800.yaml"])
def test_a_name_that_no_file_has_is_a_problem(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, path).kind is ProblemKind.UNREADABLE
