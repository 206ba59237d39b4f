from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from service.observe.output import CAPACITY, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = b'{"message":"' + b"x" * 1000 + b'"}\n'


class Pipe:
    """A pipe that an output writes into and nobody reads, unless a test does."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.output = Output(self.writing, lambda count: b"dropped %d\n" % count)

    def read_all(self) -> bytes:
        """Everything up to now and what is still waiting; the output is closed."""
        content: list[bytes] = []
        reader = threading.Thread(target=lambda: content.extend(iter(self._read, b"")))
        reader.start()
        assert self.output.close(5)
        os.close(self.writing)
        reader.join()
        return b"".join(content)

    def _read(self) -> bytes:
        return os.read(self.reading, 2**16)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    os.close(made.reading)


def test_lines_arrive_in_order(pipe: Pipe) -> None:
    lines = [b"%d\n" % number for number in range(10_000)]
    for line in lines:
        pipe.output.write(line)
    assert pipe.read_all() == b"".join(lines)


def test_lines_of_several_threads_stay_whole(pipe: Pipe) -> None:
    def write(name: int) -> None:
        for number in range(500):
            pipe.output.write(b"%d %d " % (name, number) + b"x" * 500 + b"\n")

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = pipe.read_all().splitlines()
    assert len(lines) == 2000
    assert {line.count(b" ") for line in lines} == {2}
    assert {line.split(b" ")[2] for line in lines} == {b"x" * 500}


def test_a_line_arrives_without_being_asked_for(pipe: Pipe) -> None:
    pipe.output.write(b"here\n")
    assert os.read(pipe.reading, 100) == b"here\n"
    pipe.read_all()


def test_a_reader_who_stops_makes_nobody_wait_and_memory_stays_bounded(pipe: Pipe) -> None:
    slowest = 0.0
    for _ in range(2 * CAPACITY // len(LINE)):
        before = time.perf_counter()
        pipe.output.write(LINE)
        slowest = max(slowest, time.perf_counter() - before)
    assert slowest < 0.5
    assert not pipe.output.flush(0.01)
    dropped = pipe.output.dropped
    assert dropped >= CAPACITY // len(LINE) - 2 * 2**16 // len(LINE)
    content = pipe.read_all()
    assert content.count(LINE) == 2 * CAPACITY // len(LINE) - dropped


def test_how_many_lines_were_dropped_is_said_once_there_is_room(pipe: Pipe) -> None:
    for _ in range(2 * CAPACITY // len(LINE)):
        pipe.output.write(LINE)
    dropped = pipe.output.dropped
    assert pipe.read_all().splitlines()[-1] == b"dropped %d" % dropped


def test_a_reader_who_is_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    output = Output(writing)
    output.write(b"lost\n")
    assert output.flush(1)
    assert output.dropped == 1
    output.close()
    os.close(writing)


def test_what_is_written_after_the_end_counts_as_dropped(pipe: Pipe) -> None:
    pipe.output.write(b"in time\n")
    pipe.output.close()
    pipe.output.write(b"late\n")
    assert pipe.output.dropped == 1
    assert pipe.read_all() == b"in time\n"


def test_a_descriptor_that_does_not_block_gets_everything_as_well() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    pipe = Pipe.__new__(Pipe)
    pipe.reading, pipe.writing, pipe.output = reading, writing, Output(writing)
    for _ in range(300):
        pipe.output.write(LINE)
    assert pipe.read_all() == LINE * 300
    os.close(reading)
