"""The worker's own rules: frames, memory, and its end with its parent."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.helm.worker import frame, read_frame

ROOT = Path(__file__).parents[2]


@settings(max_examples=50)
@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=3))
def test_messages_cross_as_they_are(messages: list[dict[str, object]]) -> None:
    stream = io.BytesIO(b"".join(map(frame, messages)))
    assert [read_frame(stream) for _ in messages] == messages
    assert read_frame(stream) is None


@pytest.mark.parametrize("length", [1, 4, 7])
def test_a_message_that_is_cut_off_is_none(length: int) -> None:
    assert read_frame(io.BytesIO(frame({"a": 1})[:length])) is None


def test_what_is_no_json_does_not_cross() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        frame({"a": float("nan")})


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", f"from plate_llm_cli.helm.worker import *\n{code}"],
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_a_worker_that_holds_too_much_ends() -> None:
    done = run("watch_memory(1)")
    assert (done.returncode, done.stderr) == (2, "fatal error: out of memory\n")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits memory")
def test_memory_beyond_the_limit_cannot_be_had() -> None:
    done = run("limit_memory(64)\nbytearray(100_000_000)")
    assert done.stderr.strip().endswith("MemoryError")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits memory")
def test_a_stricter_limit_of_the_system_stays() -> None:
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (64 << 20, 64 << 20))\n"
        "limit_memory(512)\nprint(resource.getrlimit(resource.RLIMIT_DATA)[0] >> 20)"
    )
    assert run(code).stdout == "64\n"


def test_the_end_of_the_input_is_the_end_of_the_worker() -> None:
    assert run("listen(queue.SimpleQueue())\nprint('not reached')").stdout == ""
