from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from service.observe.outbox import Bounds, Counts, Delivery, Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

QUICK = Bounds(batch_items=3, senders=2, gather_seconds=0.01, pauses=(0.0, 0.0))


class Receiver:
    """Takes batches; `outcomes` are what becomes of the next ones."""

    def __init__(self, *outcomes: Delivery) -> None:
        self.batches: list[list[bytes]] = []
        self.outcomes = list(outcomes)
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = 0
        self.most_at_once = 0

    async def send(self, batch: Sequence[bytes]) -> Delivery:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.batches.append(list(batch))
            await self.open.wait()
        finally:
            self.at_once -= 1
        return self.outcomes.pop(0) if self.outcomes else Delivery.DONE

    def items(self) -> list[bytes]:
        return [item for batch in self.batches for item in batch]


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


async def test_items_that_come_together_go_together() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, QUICK)
    outbox.put(b"a")
    outbox.put(b"b")
    assert receiver.batches == []
    await asyncio.sleep(0.03)
    assert receiver.batches == [[b"a", b"b"]]
    await outbox.close(1)


async def test_a_full_batch_does_not_wait() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, Bounds(batch_items=3, gather_seconds=60))
    for item in numbered(3):
        outbox.put(item)
    await asyncio.sleep(0)
    assert receiver.batches == [numbered(3)]
    await outbox.close(1)


async def test_a_batch_is_bounded_in_bytes() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, Bounds(batch_bytes=10, senders=1, gather_seconds=60))
    for _ in range(5):
        outbox.put(b"x" * 6)
    await outbox.close(1)
    assert [len(batch) for batch in receiver.batches] == [2, 2, 1]


async def test_everything_arrives_once_however_it_comes() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, QUICK)
    for item in numbered(100):
        outbox.put(item)
        if item.endswith(b"7"):
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.04)
    assert sorted(receiver.items()) == sorted(numbered(100))
    assert outbox.counts == Counts(sent=100)
    await outbox.close(1)


async def test_no_more_are_on_their_way_than_there_are_senders() -> None:
    receiver = Receiver()
    receiver.open.clear()
    outbox = Outbox(receiver.send, QUICK)
    for item in numbered(30):
        outbox.put(item)
    await asyncio.sleep(0.03)
    assert len(receiver.batches) == 2
    receiver.open.set()
    await outbox.close(1)
    assert receiver.most_at_once == 2
    assert sorted(receiver.items()) == sorted(numbered(30))


async def test_what_does_not_fit_is_dropped_and_counted() -> None:
    receiver = Receiver()
    receiver.open.clear()
    outbox = Outbox(receiver.send, Bounds(queue_bytes=100, batch_items=1, senders=1, pauses=()))
    taken = [outbox.put(b"x" * 10) for _ in range(20)]
    await asyncio.sleep(0)
    assert taken == [True] * 10 + [False] * 10
    assert outbox.counts == Counts(dropped=10)
    assert outbox.put(b"x" * 10)
    receiver.open.set()
    await outbox.close(1)
    assert outbox.counts == Counts(sent=11, dropped=10)


async def test_a_batch_that_fails_is_tried_again() -> None:
    receiver = Receiver(Delivery.TRY_AGAIN, Delivery.TRY_AGAIN)
    outbox = Outbox(receiver.send, QUICK)
    for item in numbered(3):
        outbox.put(item)
    await asyncio.sleep(0.01)
    assert receiver.batches == [numbered(3)] * 3
    assert outbox.counts == Counts(sent=3)
    await outbox.close(1)


@pytest.mark.parametrize(
    ("outcomes", "attempts"), [([Delivery.TRY_AGAIN] * 9, 3), ([Delivery.REFUSED], 1)]
)
async def test_a_batch_that_keeps_failing_or_is_refused_is_given_up(
    outcomes: list[Delivery], attempts: int
) -> None:
    receiver = Receiver(*outcomes)
    outbox = Outbox(receiver.send, QUICK)
    for item in numbered(3):
        outbox.put(item)
    await asyncio.sleep(0.01)
    assert len(receiver.batches) == attempts
    assert outbox.counts == Counts(failed=3)
    await outbox.close(1)


async def test_the_end_sends_what_is_there() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, Bounds(batch_items=3, gather_seconds=60))
    for item in numbered(2):
        outbox.put(item)
    await outbox.close(1)
    assert receiver.items() == numbered(2)


async def test_the_end_does_not_wait_for_a_receiver_who_hangs() -> None:
    receiver = Receiver()
    receiver.open.clear()
    outbox = Outbox(receiver.send, QUICK)
    for item in numbered(10):
        outbox.put(item)
    before = asyncio.get_running_loop().time()
    await outbox.close(0.05)
    assert asyncio.get_running_loop().time() - before < 0.5
    assert outbox.counts == Counts(failed=10)


async def test_nothing_is_taken_after_the_end() -> None:
    receiver = Receiver()
    outbox = Outbox(receiver.send, QUICK)
    await outbox.close(1)
    assert not outbox.put(b"late")
    assert outbox.counts == Counts(dropped=1)


async def test_an_outbox_without_items_leaves_no_timer_and_no_task() -> None:
    outbox = Outbox(Receiver().send, QUICK)
    outbox.put(b"a")
    await outbox.close(1)
    assert asyncio.all_tasks() == {asyncio.current_task()}
