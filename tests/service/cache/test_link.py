"""How long a connection that keeps failing is left alone."""

from __future__ import annotations

from service.cache import link


def failing() -> link.Link:
    return link.Link("redis://nowhere", "a test", (b"PING",), 1)


def test_pauses_grow_up_to_the_longest_one() -> None:
    outage = failing()
    pauses = [outage._failed("is too slow") for _ in range(8)]
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_pauses_stay_the_longest_one_for_days() -> None:
    outage = failing()
    assert {outage._failed("is too slow") for _ in range(20_000)} >= {0.0, 10.0}


def test_a_few_answers_between_two_failures_do_not_shorten_the_pause() -> None:
    outage = failing()
    for _ in range(3):
        outage._failed("is too slow")
    outage.answers += link.CALM_ANSWERS - 1
    assert outage._failed("is too slow") == 2.0


def test_many_answers_between_two_failures_make_the_pause_short_again() -> None:
    outage = failing()
    for _ in range(3):
        outage._failed("is too slow")
    outage.answers += link.CALM_ANSWERS
    assert [outage._failed("is too slow") for _ in range(2)] == [0.0, 0.5]
