"""Notices that a client has gone, and stops the work that was for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from service.web.body import ClientGoneError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from starlette.types import Receive

T = TypeVar("T")


async def while_present(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives. Cancels it when the client leaves, and raises ClientGoneError."""
    me = asyncio.current_task()
    left = False

    async def watch() -> None:
        nonlocal left
        while (await receive())["type"] != "http.disconnect":
            pass
        left = True
        if me is not None:
            me.cancel()

    watcher = asyncio.get_running_loop().create_task(watch())
    try:
        return await work
    except asyncio.CancelledError:
        if left and me is not None and me.uncancel() == 0:
            raise ClientGoneError from None
        raise
    finally:
        watcher.cancel()
