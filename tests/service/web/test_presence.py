from __future__ import annotations

import asyncio
from typing import Any

import pytest

from service.web.body import ClientGoneError
from service.web.presence import while_present


async def never() -> dict[str, Any]:
    await asyncio.sleep(600)
    raise AssertionError


async def leaves() -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"type": "http.disconnect"}


async def others() -> set[asyncio.Task[Any]]:
    await asyncio.sleep(0)
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_work_that_ends_gives_its_result_and_leaves_no_task() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await while_present(never, work()) == 7
    assert await others() == set()


async def test_work_is_cancelled_when_the_client_leaves() -> None:
    cancelled = []

    async def work() -> None:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with pytest.raises(ClientGoneError):
        await while_present(leaves, work())
    assert cancelled == [True]
    assert await others() == set()


async def test_the_task_may_go_on_after_a_client_left() -> None:
    with pytest.raises(ClientGoneError):
        await while_present(leaves, asyncio.sleep(600))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0.001)


async def test_an_error_of_the_work_is_passed_on() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await while_present(never, work())


async def test_a_shutdown_is_not_taken_for_a_client_that_left() -> None:
    task = asyncio.create_task(while_present(never, asyncio.sleep(600)))
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await others() == set()
