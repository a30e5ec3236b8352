"""Failed jobs and loops are tried again after pauses that double up to a limit, however long that goes on."""

from __future__ import annotations

from cocoindex._live.supervise import Restarts, retry_live, retry_next_time


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_sink_is_tried_again_for_ever() -> None:
    assert [retry_live(tries, True) for tries in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert retry_live(10**6, True) == 300


def test_a_body_is_tried_again_five_times() -> None:
    assert [retry_live(tries, False) for tries in range(1, 8)] == [1, 2, 4, 8, 16, None, None]


def test_an_update_that_ends_leaves_it_to_the_next() -> None:
    assert retry_next_time(1, True) == retry_next_time(1, False) is None


def fail_after(restarts: Restarts, clock: Clock, seconds: float) -> float | None:
    restarts.begin()
    clock.now += seconds
    return restarts.failed()


def test_a_loop_that_lives_for_seconds_runs_again_for_ever() -> None:
    restarts = Restarts(clock := Clock())
    pauses = [fail_after(restarts, clock, 2) for _ in range(1000)]
    assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60] and set(pauses[8:]) == {60}
    assert restarts.count == 1000


def test_the_pauses_begin_anew_after_it_went_well() -> None:
    restarts = Restarts(clock := Clock())
    assert [fail_after(restarts, clock, seconds) for seconds in (2, 2, 3600, 2)] == [1, 2, 1, 2]


def test_a_loop_that_never_gets_anywhere_is_given_up() -> None:
    restarts = Restarts(clock := Clock())
    assert [fail_after(restarts, clock, 0.1) for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert fail_after(restarts, clock, 2) == 60
    assert [fail_after(restarts, clock, 0.1) for _ in range(10)][-2:] == [60, None]
