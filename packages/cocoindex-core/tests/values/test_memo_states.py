from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from cocoindex._values import (
    NON_EXISTENCE,
    MemoStateOutcome,
    NonExistenceType,
    StateRef,
    canonical_bytes,
    register_memo_key_function,
)


@dataclass(frozen=True)
class File:
    name: str
    version: int = 0

    def __coco_memo_key__(self) -> object:
        return self.name

    def __coco_memo_state__(self, prev_state: tuple[int, str] | NonExistenceType) -> MemoStateOutcome:
        return MemoStateOutcome((self.version, "x"), memo_valid=prev_state == (self.version, "x"))


def collect(value: object) -> list[StateRef]:
    states: list[StateRef] = []
    canonical_bytes(value, states)
    return states


def names(value: object) -> list[str]:
    return [ref.obj.name for ref in collect(value)]


def test_objects_with_states_are_found_in_order() -> None:
    assert names(File("a")) == ["a"]
    assert names((File("b"), 1, [File("a")], {"k": File("c")})) == ["b", "a", "c"]


def test_the_order_does_not_depend_on_that_of_dicts_and_sets() -> None:
    one, other = {"b": File("1"), "a": File("2")}, {"a": File("2"), "b": File("1")}
    assert names(one) == names(other) == ["2", "1"]
    files = [File(str(number)) for number in range(20)]
    assert names(set(files)) == names({*files[10:], *files[:10]})
    assert names(dict.fromkeys(files)) == names(dict.fromkeys(reversed(files)))


def test_states_inside_a_memo_key_are_found() -> None:
    class Folder:
        name = "folder"

        def __coco_memo_key__(self) -> object:
            return (File("inner"), "x")

        def __coco_memo_state__(self, prev_state: Any) -> None: ...

    assert names([Folder()]) == ["folder", "inner"]


def test_states_inside_what_has_no_key_are_found() -> None:
    class Plain:
        def __init__(self) -> None:
            self.file = File("plain")

    assert names(Plain()) == ["plain"]


def test_a_reference_asks_and_knows_the_type_of_its_states() -> None:
    (ref,) = collect(File("a", 3))
    assert ref.hint == tuple[int, str]
    assert ref.fn(NON_EXISTENCE) == MemoStateOutcome((3, "x"))
    assert ref.fn((3, "x")).memo_valid


def test_a_registered_state_function_is_asked() -> None:
    class Remote:
        name = "remote"

    async def state(obj: Remote, prev_state: list[str] | NonExistenceType) -> MemoStateOutcome:
        return MemoStateOutcome([obj.name], memo_valid=True)

    register_memo_key_function(Remote, lambda obj: 1, state_fn=state)
    (ref,) = collect([Remote()])
    assert ref.hint == list[str]
    assert asyncio.run(ref.fn(NON_EXISTENCE)) == (["remote"], True, False)


def test_an_object_without_a_key_may_have_a_state() -> None:
    @dataclass
    class Record:
        name: str

        def __coco_memo_state__(self, prev_state: Any) -> None: ...

    assert names(Record("r")) == ["r"]
    assert canonical_bytes(Record("r")) != canonical_bytes(Record("s"))
