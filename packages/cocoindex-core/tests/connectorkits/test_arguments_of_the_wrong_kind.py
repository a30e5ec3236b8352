"""A kit that is given something of the wrong kind says so at once, with its name and what it takes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from cocoindex.connectorkits import fingerprint_bytes, fingerprint_str
from cocoindex.connectorkits.async_adapters import async_to_sync_iter, sync_to_async_iter
from cocoindex.connectorkits.retry import Backoff
from cocoindex.connectorkits.statediff import (
    CompositeTrackingRecord,
    ManagedBy,
    MutualTrackingRecord,
    TrackingRecordTransition,
    diff,
    diff_composite,
    resolve_system_transition,
)
from cocoindex.errors import ConnectorKitError


def refused(says: str) -> Any:
    return pytest.raises(ConnectorKitError, match=says)


@pytest.mark.parametrize("wrong", [None, 5, "text", [1], {}, object])
def test_fingerprints_of_bytes(wrong: Any) -> None:
    with refused(r"fingerprint_bytes\(\) takes bytes, not .*; fingerprint_object\(\)") as caught:
        fingerprint_bytes(wrong)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("right", [bytearray(b"bytes"), memoryview(b"bytes")])
def test_fingerprints_of_what_holds_bytes(right: Any) -> None:
    assert fingerprint_bytes(right) == fingerprint_bytes(b"bytes")


@pytest.mark.parametrize("wrong", [None, 5, b"bytes", ["text"], str])
def test_fingerprints_of_texts(wrong: Any) -> None:
    with refused(r"fingerprint_str\(\) takes a str, not .*; fingerprint_object\(\)"):
        fingerprint_str(wrong)


def numbers() -> Iterator[int]:
    yield 1


async def async_numbers() -> AsyncIterator[int]:
    yield 1


async def fetch() -> list[int]:
    return [1]


class Old:
    def __getitem__(self, index: int) -> int:
        return [1, 2][index]


async def read(function: Any) -> list[Any]:
    return [item async for item in sync_to_async_iter(function)]


@pytest.mark.parametrize("function", [lambda: None, lambda: 5, async_numbers, fetch])
def test_what_gives_no_iterable(function: Any) -> None:
    with refused(r"given to sync_to_async_iter\(\) has to return an iterable; .* returned"):
        asyncio.run(read(function))


@pytest.mark.parametrize("function", [lambda: [1, 2], Old])
def test_what_gives_an_iterable(function: Any) -> None:
    assert asyncio.run(read(function)) == [1, 2]


@pytest.mark.parametrize("function", [lambda: None, lambda: [5], numbers, fetch])
def test_what_gives_no_async_iterable(function: Any) -> None:
    with refused(r"given to async_to_sync_iter\(\) has to return an async iterable; .* returned"):
        list(async_to_sync_iter(function))


@pytest.mark.parametrize("wrong", [None, "1", 1.5, True])
def test_sizes_of_queues(wrong: Any) -> None:
    with refused(r"max_queue_size of sync_to_async_iter\(\)"):
        sync_to_async_iter(numbers, max_queue_size=wrong)
    with refused(r"max_queue_size of async_to_sync_iter\(\)"):
        async_to_sync_iter(async_numbers, max_queue_size=wrong)


@pytest.mark.parametrize("function", [diff, diff_composite, resolve_system_transition])
@pytest.mark.parametrize("wrong", [None, 5, "text", numbers])
def test_records_before(function: Callable[[Any], Any], wrong: Any) -> None:
    with refused(rf"prev of the TrackingRecordTransition given to {function.__name__}\(\) is a collection of records"):
        function(TrackingRecordTransition(1, wrong, False))


@pytest.mark.parametrize(
    ("function", "kind", "right"),
    [
        (diff_composite, "CompositeTrackingRecord", CompositeTrackingRecord(1, {})),
        (resolve_system_transition, "MutualTrackingRecord", MutualTrackingRecord(1, ManagedBy.SYSTEM)),
    ],
)
@pytest.mark.parametrize(
    "wrong", [None, 5, {"main": 1}, CompositeTrackingRecord, TrackingRecordTransition(1, [], False)]
)
def test_records_of_another_kind(function: Any, kind: str, right: Any, wrong: Any) -> None:
    for transition in (
        TrackingRecordTransition(wrong, [right], False),
        TrackingRecordTransition(right, [wrong], False),
    ):
        with refused(rf"the records of the transition given to {function.__name__}\(\) are {kind}s, not"):
            function(transition)


async def make(**options: Any) -> Backoff:
    return Backoff(**options)


@pytest.mark.parametrize("wrong", ["5", 1.5, True, [5]])
def test_numbers_of_attempts(wrong: Any) -> None:
    with refused("attempts= of Backoff is a whole number from 1 on, or None, not"):
        asyncio.run(make(attempts=wrong))


@pytest.mark.parametrize("option", ["seconds", "first", "longest"])
@pytest.mark.parametrize("wrong", ["5", True, [5], math.nan])
def test_durations_of_pauses(option: str, wrong: Any) -> None:
    with refused(rf"{option}= of Backoff is a number of seconds from 0 on, not"):
        asyncio.run(make(**{option: wrong}))


async def pause(error: Any, **options: Any) -> None:
    await Backoff(attempts=1).pause(error, **options)


@pytest.mark.parametrize("wrong", [None, "failed", ValueError])
def test_errors_before_pauses(wrong: Any) -> None:
    with refused(r"Backoff\.pause\(\) takes the error of the last attempt, not"):
        asyncio.run(pause(wrong))


@pytest.mark.parametrize("wrong", [None, "5", math.nan])
def test_what_the_other_side_asks_for(wrong: Any) -> None:
    with refused(r"at_least= of Backoff\.pause\(\) is a number of seconds from 0 on, not"):
        asyncio.run(pause(ValueError("failed"), at_least=wrong))
