"""Of nested time limits the one that ends sooner counts; after the inner block the outer one is back."""

from __future__ import annotations

from datetime import timedelta

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import run_in_virtual_time


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


async def nested() -> list[float | None]:
    seen = [remaining_seconds()]
    with coco.timeout(minutes(5)):
        seen.append(remaining_seconds())
        with coco.timeout(minutes(30)):
            seen.append(remaining_seconds())
        with coco.timeout(minutes(1)):
            seen.append(remaining_seconds())
        seen.append(remaining_seconds())
    seen.append(remaining_seconds())
    return seen


def test_the_shorter_remaining_budget_counts() -> None:
    assert run_in_virtual_time(nested()) == [None, 300, 300, 60, 300, None]


def test_it_is_put_back_where_the_block_raises() -> None:
    with coco.timeout(minutes(5)):
        with pytest.raises(KeyError), coco.timeout(timedelta(0)):
            raise KeyError
        coco.check_cancellation()
