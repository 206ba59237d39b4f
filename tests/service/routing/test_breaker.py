from __future__ import annotations

import pytest

from service.routing.breaker import FAILURES, LONGEST_SECONDS, SHORTEST_SECONDS, Breaker, State


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.admits()
        breaker.failed("no")
    return breaker


def test_single_failures_leave_it_closed(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(3):
        for _ in range(FAILURES - 1):
            breaker.failed("no")
        breaker.succeeded()
    assert breaker.state is State.CLOSED
    assert breaker.admits()


def test_failures_in_a_row_open_it(opened: Breaker) -> None:
    assert opened.state is State.OPEN
    assert not opened.admits()
    assert opened.remaining == SHORTEST_SECONDS
    assert opened.reason == "no"


def test_one_request_is_let_through_when_its_time_is_over(opened: Breaker, clock: Clock) -> None:
    clock.now += SHORTEST_SECONDS
    assert opened.state is State.HALF_OPEN
    assert opened.admits()
    assert not opened.admits()


def test_its_success_closes_the_circuit(opened: Breaker, clock: Clock) -> None:
    clock.now += SHORTEST_SECONDS
    opened.admits()
    opened.succeeded()
    assert opened.state is State.CLOSED
    assert opened.admits()


def test_its_failure_opens_it_for_twice_as_long(opened: Breaker, clock: Clock) -> None:
    clock.now += SHORTEST_SECONDS
    opened.admits()
    opened.failed("still no")
    assert opened.remaining == 2 * SHORTEST_SECONDS


def test_it_is_never_open_for_longer_than_a_minute(opened: Breaker, clock: Clock) -> None:
    for _ in range(10):
        clock.now += LONGEST_SECONDS
        assert opened.admits()
        opened.failed("no")
    assert opened.remaining == LONGEST_SECONDS


def test_a_request_that_told_nothing_leaves_room_for_the_next(
    opened: Breaker, clock: Clock
) -> None:
    clock.now += SHORTEST_SECONDS
    opened.admits()
    opened.abandoned()
    assert opened.admits()


def test_failures_of_requests_from_before_do_not_lengthen_it(opened: Breaker, clock: Clock) -> None:
    clock.now += 1
    opened.failed("late")
    assert opened.remaining == SHORTEST_SECONDS - 1
