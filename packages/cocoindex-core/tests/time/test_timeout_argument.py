"""`coco.timeout()` takes a duration, and says at once what else it was given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco


@pytest.mark.parametrize("wrong", [5, 5.0, None, "5s"])
def test_something_else_than_a_timedelta_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"coco\.timeout\(\).*timedelta\(seconds=") as caught:
        coco.timeout(wrong)
    assert isinstance(caught.value, coco.errors.CocoIndexError)


def test_a_negative_duration_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        coco.timeout(timedelta(seconds=-1))


def test_no_time_at_all_is_over_at_once_but_only_where_somebody_looks() -> None:
    with coco.timeout(timedelta(0)):
        reached = True
        with pytest.raises(coco.DeadlineExceededError):
            coco.check_cancellation()
    assert reached


def test_the_error_is_a_timeout_error_that_says_who_noticed() -> None:
    with (
        pytest.raises(TimeoutError, match=r"coco\.timeout\(\).*check_cancellation") as caught,
        coco.timeout(timedelta(0)),
    ):
        coco.check_cancellation()
    assert isinstance(caught.value, coco.errors.CocoIndexError)


def test_outside_any_block_nothing_is_raised() -> None:
    coco.check_cancellation()
    with coco.timeout(timedelta(0)):
        pass
    coco.check_cancellation()
