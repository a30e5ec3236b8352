"""Objects of the user's that the engine stores, compares and asks: whatever it calls of them is a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cocoindex as coco

from .sites import SITES


class Coded:
    """A value that is stored as a pickle, and compared by its own methods."""

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __reduce__(self) -> Any:
        SITES.here("coded.reduce")
        return Coded, (), self.value

    def __setstate__(self, state: Any) -> None:
        SITES.here("coded.setstate")
        self.value = state

    def __ne__(self, other: object) -> bool:
        SITES.here("coded.ne")
        return not (isinstance(other, Coded) and other.value == self.value)

    def __coco_memo_key__(self) -> object:
        SITES.here("coded.memo_key")
        return self.value


coco.unpickle_safe(Coded)


@dataclass
class Record:
    """A value that is stored by its fields, and runs code where it is made anew."""

    value: Any

    def __post_init__(self) -> None:
        SITES.here("record.post_init")


class Option:
    """What calls of a batched function share."""

    def __hash__(self) -> int:
        SITES.here("option.hash")
        return 1

    def __eq__(self, other: object) -> bool:
        SITES.here("option.eq")
        return isinstance(other, Option)


class Answers:
    """The results of a batch, which are no list."""

    def __init__(self, values: list[int]) -> None:
        self._values = values

    def __len__(self) -> int:
        SITES.here("answers.len")
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def __iter__(self) -> Iterator[int]:
        SITES.here("answers.iter")
        return iter(self._values)


class Registered:
    """What has a key and a state by functions that are registered for its class."""

    def __init__(self, content: int) -> None:
        self.content = content


def key_of_registered(thing: Registered) -> object:
    SITES.here("registered.key")
    return "registered"


def state_of_registered(thing: Registered, prev: Record) -> coco.MemoStateOutcome:
    SITES.here("registered.state")
    return coco.MemoStateOutcome(Record(thing.content), memo_valid=False)


coco.register_memo_key_function(Registered, key_of_registered, state_fn=state_of_registered)
