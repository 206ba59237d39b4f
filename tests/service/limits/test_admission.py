from __future__ import annotations

import asyncio
import random

import pytest

from service.errors import Overloaded
from service.limits.admission import Admission


async def turns(number: int = 5) -> None:
    """Let everything go on that can."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_free_places_are_taken_without_waiting() -> None:
    admission = Admission(limit=2, queue=0, queue_seconds=5)
    for _ in range(2):
        with pytest.raises(StopIteration):
            admission.enter().send(None)
    assert (admission.in_use, admission.waiting) == (2, 0)


async def test_a_place_that_is_given_back_is_free_again() -> None:
    admission = Admission(limit=1, queue=0, queue_seconds=5)
    for _ in range(3):
        await admission.enter()
        admission.leave()
    assert admission.in_use == 0


async def test_a_full_queue_turns_away_at_once() -> None:
    admission = Admission(limit=1, queue=1, queue_seconds=5)
    await admission.enter()
    waiting = asyncio.create_task(admission.enter())
    await turns()
    with pytest.raises(Overloaded) as caught:
        await admission.enter()
    assert caught.value.headers == ((b"retry-after", b"5"),)
    assert (admission.in_use, admission.waiting) == (1, 1)
    admission.leave()
    await waiting


async def test_who_waits_longest_comes_next() -> None:
    admission = Admission(limit=1, queue=3, queue_seconds=5)
    order: list[int] = []

    async def request(number: int) -> None:
        await admission.enter()
        order.append(number)

    await admission.enter()
    tasks = [asyncio.create_task(request(number)) for number in range(3)]
    await turns()
    for _ in range(3):
        admission.leave()
        await turns()
    assert order == [0, 1, 2]
    assert (admission.in_use, admission.waiting) == (1, 0)
    await asyncio.gather(*tasks)


async def test_nobody_comes_in_before_those_who_wait() -> None:
    admission = Admission(limit=1, queue=2, queue_seconds=5)
    await admission.enter()
    waiting = asyncio.create_task(admission.enter())
    await turns()
    admission.leave()
    late = asyncio.create_task(admission.enter())
    await turns()
    assert (waiting.done(), late.done()) == (True, False)
    admission.leave()
    await late


async def test_who_waits_too_long_is_turned_away() -> None:
    admission = Admission(limit=1, queue=1, queue_seconds=0.01)
    await admission.enter()
    with pytest.raises(Overloaded) as caught:
        await admission.enter()
    assert caught.value.headers == ((b"retry-after", b"1"),)
    assert (admission.in_use, admission.waiting) == (1, 0)


async def test_without_a_time_to_wait_there_is_no_queue() -> None:
    admission = Admission(limit=1, queue=10, queue_seconds=0)
    await admission.enter()
    with pytest.raises(Overloaded):
        admission.enter().send(None)


async def test_who_leaves_the_queue_takes_no_place() -> None:
    admission = Admission(limit=1, queue=2, queue_seconds=5)
    await admission.enter()
    leaving, staying = (asyncio.create_task(admission.enter()) for _ in range(2))
    await turns()
    leaving.cancel()
    await turns()
    assert admission.waiting == 1
    admission.leave()
    await staying
    assert (admission.in_use, admission.waiting) == (1, 0)


async def test_a_place_that_comes_to_who_is_leaving_goes_to_the_next() -> None:
    admission = Admission(limit=1, queue=2, queue_seconds=5)
    await admission.enter()
    leaving, staying = (asyncio.create_task(admission.enter()) for _ in range(2))
    await turns()
    admission.leave()
    leaving.cancel()
    await staying
    assert leaving.cancelled()
    assert (admission.in_use, admission.waiting) == (1, 0)


async def test_a_place_that_comes_to_the_last_one_as_it_leaves_is_free() -> None:
    admission = Admission(limit=1, queue=1, queue_seconds=5)
    await admission.enter()
    leaving = asyncio.create_task(admission.enter())
    await turns()
    admission.leave()
    leaving.cancel()
    await turns()
    assert (admission.in_use, admission.waiting) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_places_are_neither_lost_nor_made(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's order
    admission = Admission(limit=3, queue=5, queue_seconds=0.002)
    inside = most = 0

    async def request() -> None:
        nonlocal inside, most
        await admission.enter()
        try:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.003]))
        finally:
            inside -= 1
            admission.leave()

    tasks = []
    for _ in range(300):
        tasks.append(asyncio.create_task(request()))
        await asyncio.sleep(chance.choice([0, 0, 0.0005]))
        if chance.random() < 0.4:
            chance.choice(tasks).cancel()
    await asyncio.wait(tasks)
    unexpected = [
        task.exception()
        for task in tasks
        if not task.cancelled() and not isinstance(task.exception(), Overloaded | None)
    ]
    assert unexpected == []
    assert most == 3
    assert (admission.in_use, admission.waiting) == (0, 0)
