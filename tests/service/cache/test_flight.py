from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from service.cache.flight import Flights
from service.errors import ApiError, Overloaded

if TYPE_CHECKING:
    from collections.abc import Iterator


class Work:
    """Work that a test ends. Counts how often it was begun and cancelled."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.end = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> bytes:
        self.begun += 1
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return b"answer %d" % self.begun


async def turns(number: int = 5) -> None:
    """Let everything go on that can."""
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _no_task_is_left() -> Iterator[None]:
    yield
    gc.collect()  # a task that was lost, or an exception that nobody saw, says so here


async def test_the_answer_comes_and_is_nobody_elses() -> None:
    work = Work()
    work.end.set()
    assert await Flights().answer(b"key", work) == (b"answer 1", False)


async def test_those_who_come_meanwhile_share_it() -> None:
    flights, work = Flights(), Work()
    asked = [asyncio.create_task(flights.answer(b"key", work)) for _ in range(3)]
    await turns()
    work.end.set()
    answers = await asyncio.gather(*asked)
    assert answers == [(b"answer 1", False), (b"answer 1", True), (b"answer 1", True)]


async def test_who_comes_later_asks_anew() -> None:
    flights, work = Flights(), Work()
    work.end.set()
    await flights.answer(b"key", work)
    assert await flights.answer(b"key", work) == (b"answer 2", False)


async def test_other_keys_are_other_work() -> None:
    flights, one, other = Flights(), Work(), Work()
    one.end.set()
    other.end.set()
    answers = await asyncio.gather(flights.answer(b"one", one), flights.answer(b"other", other))
    assert [shared for _, shared in answers] == [False, False]


async def test_an_exception_goes_to_all() -> None:
    flights, work = Flights(), Work()
    work.error = Overloaded("no", retry_after=1)
    asked = [asyncio.create_task(flights.answer(b"key", work)) for _ in range(3)]
    await turns()
    work.end.set()
    assert await asyncio.gather(*asked, return_exceptions=True) == [work.error] * 3


async def test_an_exception_is_forgotten_for_the_next_one() -> None:
    flights, work = Flights(), Work()
    work.error = Overloaded("no", retry_after=1)
    work.end.set()
    with pytest.raises(Overloaded):
        await flights.answer(b"key", work)
    work.error = None
    assert await flights.answer(b"key", work) == (b"answer 2", False)


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_who_leaves_leaves_alone(leaving: int) -> None:
    flights, work = Flights(), Work()
    asked = [asyncio.create_task(flights.answer(b"key", work)) for _ in range(3)]
    await turns()
    gone = asked.pop(leaving)
    gone.cancel()
    await turns()
    work.end.set()
    assert [answer for answer, _ in await asyncio.gather(*asked)] == [b"answer 1"] * 2
    assert gone.cancelled()
    assert work.cancelled == 0


async def test_when_the_last_one_leaves_the_work_ends_at_once() -> None:
    flights, work = Flights(), Work()
    before = asyncio.all_tasks()
    asked = [asyncio.create_task(flights.answer(b"key", work)) for _ in range(3)]
    await turns()
    for task in asked:
        task.cancel()
    await turns()
    assert work.cancelled == 1
    assert asyncio.all_tasks() == before


async def test_who_comes_after_the_last_one_left_asks_anew() -> None:
    flights, work = Flights(), Work()
    asked = asyncio.create_task(flights.answer(b"key", work))
    await turns()
    asked.cancel()
    await asyncio.sleep(0)  # it has left; its work is not over yet
    work.end.set()
    assert await flights.answer(b"key", work) == (b"answer 2", False)


async def test_who_leaves_before_it_began_leaves_nothing() -> None:
    flights, work = Flights(), Work()
    before = asyncio.all_tasks()
    asked = asyncio.create_task(flights.answer(b"key", work))
    asked.cancel()
    await turns()
    assert asyncio.all_tasks() == before
    assert work.begun == 0


async def test_work_that_was_cancelled_by_others_is_an_error_not_a_cancellation() -> None:
    async def work() -> bytes:
        raise asyncio.CancelledError

    flights = Flights()
    answers = await asyncio.gather(
        *(flights.answer(b"key", work) for _ in range(2)), return_exceptions=True
    )
    for answer in answers:
        assert isinstance(answer, ApiError)
        assert (answer.status, answer.code) == (500, "interrupted")


async def test_who_is_cancelled_as_the_answer_comes_takes_it_from_nobody() -> None:
    flights, work = Flights(), Work()
    asked = [asyncio.create_task(flights.answer(b"key", work)) for _ in range(2)]
    await turns()
    work.end.set()
    await asyncio.sleep(0)  # the work is over, its answer is on its way
    asked[0].cancel()
    assert await asked[1] == (b"answer 1", True)
    with pytest.raises(asyncio.CancelledError):
        await asked[0]
