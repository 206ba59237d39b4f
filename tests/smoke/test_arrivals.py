"""What the times of a stream's pieces tell."""

from __future__ import annotations

import pytest

from plate_llm_cli.smoke.arrivals import Arrivals, Burst, Flow

NETWORK = 0.05


def paced(count: int, pace: float, begin: float = 0.3) -> Arrivals:
    """One piece after the other."""
    return Arrivals([(begin + number * pace, 250) for number in range(count)])


def bursts(count: int, each: int, pause: float, size: int = 250) -> Arrivals:
    """`each` pieces at a time."""
    times = [0.7 + burst * pause + n * 0.00002 for burst in range(count) for n in range(each)]
    return Arrivals([(time, size) for time in times])


@pytest.mark.parametrize("pace", [0.05, 0.02, 0.005, 0.001])
def test_model_at_its_pace_is_steady(pace: float) -> None:
    assert paced(200, pace, begin=0.6).flow(NETWORK) is Flow.STEADY


def test_pieces_that_came_together_are_one_burst() -> None:
    arrivals = Arrivals([(0.5, 10), (0.501, 20), (0.75, 30)])
    assert arrivals.bursts() == [Burst(0.5, 0.501, 2, 30), Burst(0.75, 0.75, 1, 30)]


def test_all_of_it_after_a_while_was_held_back() -> None:
    assert bursts(1, 200, 0).flow(NETWORK) is Flow.AT_ONCE


def test_time_on_the_way_is_not_the_models() -> None:
    assert bursts(1, 200, 0).flow(0.65) is Flow.UNKNOWN


def test_quick_answer_tells_nothing() -> None:
    assert paced(200, 0.00002, begin=0.01).flow(NETWORK) is Flow.UNKNOWN


def test_few_pieces_tell_nothing() -> None:
    assert bursts(1, 19, 0).flow(NETWORK) is Flow.UNKNOWN


@pytest.mark.parametrize("each", [16, 33, 65])
def test_bursts_of_one_size_are_a_buffer(each: int) -> None:
    assert bursts(4, each, 0.2).flow(NETWORK) is Flow.IN_BUFFERS


def test_bursts_of_different_sizes_are_no_buffer() -> None:
    sizes = [400] * 20 + [200] * 20 + [300] * 20
    times = [0.7 + number // 20 * 0.2 for number in range(60)]
    assert Arrivals(list(zip(times, sizes, strict=True))).flow(NETWORK) is Flow.IN_BURSTS


def test_one_full_buffer_is_not_enough_to_tell() -> None:
    assert bursts(2, 65, 1.0).flow(NETWORK) is Flow.IN_BURSTS


def test_small_bursts_are_steady() -> None:
    assert bursts(40, 5, 0.06).flow(NETWORK) is Flow.STEADY


def test_halts_of_a_machine_are_no_buffer() -> None:
    assert bursts(12, 16, 0.09).flow(NETWORK) is Flow.IN_BURSTS


def test_quick_model_with_a_pause_here_and_there_is_steady() -> None:
    times = [0.6 + number * 0.008 + number // 25 * 0.012 for number in range(200)]
    assert Arrivals([(time, 250) for time in times]).flow(NETWORK) is Flow.STEADY


def test_quick_bursts_are_steady() -> None:
    assert bursts(12, 16, 0.04).flow(NETWORK) is Flow.STEADY
