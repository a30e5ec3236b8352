"""Type checkers see the signature that callers use; mypy checks this file."""

from __future__ import annotations

import asyncio
from typing import assert_type

import cocoindex as coco


@coco.fn.as_async
def length(text: str) -> int:
    return len(text)


@coco.fn.as_async(memo=True)
async def length_async(text: str) -> int:
    return len(text)


@coco.fn.as_async(batching=True, max_batch_size=32)
def embed(texts: list[str]) -> list[list[float]]:
    return [[float(len(text))] for text in texts]


@coco.fn(batching=True)
async def embed_async(texts: list[str]) -> list[list[float]]:
    return [[float(len(text))] for text in texts]


async def main() -> None:
    assert_type(await length("abc"), int)
    assert_type(await length_async("abc"), int)
    assert_type(await embed("abc"), list[float])
    assert_type(await embed_async("abc"), list[float])


def test_what_type_checkers_see_is_what_is_returned() -> None:
    asyncio.run(main())
    assert asyncio.run(length("abc")) == asyncio.run(length_async("abc")) == 3
    assert asyncio.run(embed("abc")) == asyncio.run(embed_async("abc")) == [3.0]
