"""Ids are the same in every run, differ between components and generators, and depend on nothing else."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CocoIndexError, NoComponentError
from cocoindex.resources.id import IdGenerator, UuidGenerator, generate_id, generate_uuid

Ids = dict[str, list[Any]]


@coco.fn
async def collect(texts: list[str], into: list[Any]) -> None:
    numbers, others, uuids = IdGenerator(), IdGenerator("others"), UuidGenerator()
    into += [await numbers.next_id(text) for text in texts]
    into += [await others.next_id(text) for text in texts]
    into += [await generate_id("a"), await generate_id("b"), await generate_id()]
    into += [uuids.next_uuid(text) for text in texts]
    into += [generate_uuid("a"), generate_uuid("b")]


@coco.fn
async def main(texts: list[str], names: list[str], ids: Ids) -> None:
    for name in names:
        await coco.use_mount(coco.component_subpath(name), collect, texts, ids.setdefault(name, []))


def ids_of(store: Path, texts: list[str], names: list[str], **options: bool) -> Ids:
    ids: Ids = {}

    async def update() -> None:
        environment = coco.Environment(coco.Settings(db_path=store))
        try:
            await coco.App(coco.AppConfig("ids", environment=environment), main, texts, names, ids).update(**options)
        finally:
            environment.close()

    asyncio.run(update())
    return ids


def test_they_are_the_same_in_every_run_and_store(tmp_path: Path) -> None:
    texts, names = ["a", "b", "a"], ["x", "y"]
    first = ids_of(tmp_path / "one", texts, names)
    assert ids_of(tmp_path / "one", texts, names) == first
    assert ids_of(tmp_path / "one", texts, names, full_reprocess=True) == first
    assert ids_of(tmp_path / "two", texts, ["y"])["y"] == first["y"]


def test_no_two_are_the_same(tmp_path: Path) -> None:
    ids = ids_of(tmp_path / "store", ["a", "b", "a", ""], ["x", "y", "x/y"])
    every = [id for some in ids.values() for id in some]
    assert len(set(every)) == len(every)
    assert all(1 <= id < 2**63 for id in every if isinstance(id, int))


def test_where_a_text_changes_the_others_keep_theirs(tmp_path: Path) -> None:
    before = ids_of(tmp_path / "store", ["a", "b", "a", "c"], ["x"])["x"][:4]
    after = ids_of(tmp_path / "store", ["b", "a", "new", "c", "a", "a"], ["x"])["x"][:6]
    assert after[:2] == [before[1], before[0]]
    assert after[3:5] == [before[3], before[2]]
    assert not {after[2], after[5]} & set(before)


def test_asking_again_for_the_same_gives_the_same() -> None:
    seen: list[Any] = []

    @coco.fn
    async def ask() -> None:
        seen.extend([await generate_id({"x": [1]}), await generate_id({"x": [1]}), generate_uuid(1), generate_uuid(1)])
        seen.extend([await IdGenerator("d").next_id("a"), await IdGenerator("d").next_id("a")])

    in_memory(ask)
    assert seen[0] == seen[1] and seen[2] == seen[3] and seen[4] == seen[5]
    assert len(set(seen)) == 3


def test_uuids_may_be_awaited() -> None:
    seen: list[Any] = []

    @coco.fn
    async def ask() -> None:
        seen.extend([generate_uuid("a"), await generate_uuid("a"), UuidGenerator().next_uuid()])
        seen.append(await UuidGenerator().next_uuid())

    in_memory(ask)
    assert seen[0] == seen[1] and hash(seen[0]) == hash(seen[1])
    assert seen[2] == seen[3]
    assert type(seen[1]) is type(seen[3]) is uuid.UUID
    assert all(isinstance(each, uuid.UUID) and each.version == 5 and each.variant == uuid.RFC_4122 for each in seen)


def test_outside_a_component_there_are_no_numbers() -> None:
    for ask in (generate_id("a"), IdGenerator().next_id("a")):
        with pytest.raises(NoComponentError) as refusal:
            asyncio.run(ask)
        assert isinstance(refusal.value, RuntimeError)


def test_outside_a_component_uuids_are_those_of_what_they_are_for() -> None:
    def ask() -> list[uuid.UUID]:
        first, other = UuidGenerator(), UuidGenerator("other")
        generated = [generate_uuid("a"), generate_uuid("b"), generate_uuid()]
        return [*generated, first.next_uuid("a"), first.next_uuid("a"), other.next_uuid("a")]

    once = ask()
    assert once == ask() and len(set(once)) == len(once)
    assert generate_uuid("a") == uuid.UUID("dd29a935-c389-5c43-9fc5-ea0fee253e7d")
    inside: list[uuid.UUID] = []

    @coco.fn
    async def component() -> None:
        inside.append(await generate_uuid("a"))

    in_memory(component)
    assert inside[0] not in once


def test_a_generator_cannot_be_part_of_a_memo_key() -> None:
    @coco.fn(memo=True)
    async def number(ids: IdGenerator) -> int:
        return await ids.next_id()

    @coco.fn
    async def ask() -> None:
        await number(IdGenerator())

    with pytest.raises(CocoIndexError, match="IdGenerator"):
        in_memory(ask)


def in_memory(fn: Any) -> None:
    """Run `fn` as an app's main function on a store of its own."""
    import tempfile

    async def update(store: str) -> None:
        environment = coco.Environment(coco.Settings(db_path=Path(store)))
        try:
            await coco.App(coco.AppConfig("ids", environment=environment), fn).update()
        finally:
            environment.close()

    with tempfile.TemporaryDirectory() as store:
        asyncio.run(update(store))
