from __future__ import annotations

import asyncio

import pytest

from service.routing.patience import Patience


def patience(stall: float = 10.0, total: float = 10.0) -> Patience:
    return Patience(stall, asyncio.get_running_loop().time() + total)


async def test_what_is_waited_for_is_given() -> None:
    patient = patience()
    assert await patient.wait(asyncio.sleep(0, 7)) == 7
    patient.close()


@pytest.mark.parametrize(("stall", "total"), [(0.02, 10.0), (10.0, 0.02)])
async def test_a_wait_that_is_too_long_ends(stall: float, total: float) -> None:
    patient = patience(stall, total)
    started = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await patient.wait(asyncio.sleep(600))
    assert 0.015 < asyncio.get_running_loop().time() - started < 0.5
    patient.close()


async def test_the_task_goes_on_as_if_it_had_not_been_cancelled() -> None:
    patient = patience(0.01)
    with pytest.raises(TimeoutError):
        await patient.wait(asyncio.sleep(600))
    patient.close()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0.001)


async def test_each_wait_has_its_whole_time() -> None:
    patient = patience(0.3)
    for _ in range(4):
        await patient.wait(asyncio.sleep(0.1))
    patient.close()


async def test_the_time_between_two_waits_does_not_count() -> None:
    patient = patience(0.02)
    await patient.wait(asyncio.sleep(0))
    await asyncio.sleep(0.06)
    await patient.wait(asyncio.sleep(0))
    patient.close()


async def test_who_is_cancelled_from_outside_is_not_told_of_a_timeout() -> None:
    async def work() -> None:
        patient = patience()
        try:
            await patient.wait(asyncio.sleep(600))
        finally:
            patient.close()

    task = asyncio.create_task(work())
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
