from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from service.cache.memory import ENTRY_BYTES, LARGEST_VALUE, MemoryCache

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

SECONDS = 60.0
SIZE = 3 * (ENTRY_BYTES + 100)


def finished(coroutine: Coroutine[None, None, T]) -> T:
    """What a coroutine that never waits gives."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        answer: T = end.value
        return answer
    raise AssertionError("it waits")


class Clock:
    """A time that tests set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_comes_back() -> None:
    cache = MemoryCache(SIZE, SECONDS)
    cache.put(b"key", b"answer")
    assert finished(cache.get(b"key")) == b"answer"
    assert finished(cache.get(b"other")) is None


def test_an_answer_is_too_old_after_its_seconds() -> None:
    clock = Clock()
    cache = MemoryCache(SIZE, SECONDS, clock)
    cache.put(b"key", b"answer")
    clock.now += SECONDS - 0.001
    assert finished(cache.get(b"key")) == b"answer"
    clock.now += 0.001
    assert finished(cache.get(b"key")) is None
    assert cache.held == 0


def test_being_read_does_not_make_it_younger() -> None:
    clock = Clock()
    cache = MemoryCache(SIZE, SECONDS, clock)
    cache.put(b"key", b"answer")
    clock.now += SECONDS / 2
    finished(cache.get(b"key"))
    clock.now += SECONDS / 2
    assert finished(cache.get(b"key")) is None


def test_the_one_that_was_not_read_makes_room() -> None:
    cache = MemoryCache(SIZE, SECONDS)
    for key in (b"a", b"b", b"c"):
        cache.put(key, bytes(100))
    finished(cache.get(b"a"))
    cache.put(b"d", bytes(100))
    there = [key for key in (b"a", b"b", b"c", b"d") if finished(cache.get(key))]
    assert there == [b"a", b"c", b"d"]


def test_a_large_answer_makes_room_of_several() -> None:
    cache = MemoryCache(SIZE, SECONDS)
    for key in (b"a", b"b", b"c"):
        cache.put(key, bytes(100))
    cache.put(b"d", bytes(101))
    assert [key for key in (b"a", b"b", b"c", b"d") if finished(cache.get(key))] == [b"c", b"d"]


def test_an_answer_that_is_larger_than_all_room_is_not_kept() -> None:
    cache = MemoryCache(SIZE, SECONDS)
    cache.put(b"key", bytes(SIZE))
    assert cache.held == 0


def test_an_answer_of_more_than_a_mebibyte_is_not_kept() -> None:
    cache = MemoryCache(2**30, SECONDS)
    cache.put(b"key", bytes(LARGEST_VALUE))
    cache.put(b"other", bytes(LARGEST_VALUE + 1))
    assert cache.held == LARGEST_VALUE + ENTRY_BYTES


def test_one_that_has_become_too_large_takes_the_old_one_with_it() -> None:
    cache = MemoryCache(2**30, SECONDS)
    cache.put(b"key", b"answer")
    cache.put(b"key", bytes(LARGEST_VALUE + 1))
    assert finished(cache.get(b"key")) is None


def test_closing_forgets_everything() -> None:
    cache = MemoryCache(SIZE, SECONDS)
    cache.put(b"key", b"answer")
    finished(cache.close())
    assert finished(cache.get(b"key")) is None
    assert cache.held == 0


def test_nothing_is_ever_the_matter_with_it() -> None:
    assert MemoryCache(SIZE, SECONDS).concerns() is None


KEYS = st.sampled_from([b"a", b"b", b"c", b"d", b"e"])


class Kept(RuleBasedStateMachine):
    """Against a list of [key, value, expiry], the one longest unused first."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.cache = MemoryCache(SIZE, SECONDS, self.clock)
        self.expected: list[tuple[bytes, bytes, float]] = []

    @rule(key=KEYS, value=st.integers(1, 400).map(bytes))
    def put(self, key: bytes, value: bytes) -> None:
        self.cache.put(key, value)
        self.expected = [entry for entry in self.expected if entry[0] != key]
        self.expected.append((key, value, self.clock.now + SECONDS))
        while self.size() > SIZE:
            del self.expected[0]

    @rule(key=KEYS)
    def get(self, key: bytes) -> None:
        found = next((entry for entry in self.expected if entry[0] == key), None)
        if found is not None:
            self.expected.remove(found)
            if found[2] > self.clock.now:
                self.expected.append(found)
            else:
                found = None
        assert finished(self.cache.get(key)) == (found and found[1])

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def it_holds_what_it_says_and_no_more_than_its_room(self) -> None:
        assert self.cache.held == self.size() <= SIZE

    def size(self) -> int:
        return sum(len(value) + ENTRY_BYTES for _, value, _ in self.expected)


TestKept = Kept.TestCase
