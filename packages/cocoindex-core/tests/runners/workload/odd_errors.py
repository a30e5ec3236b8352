"""Exceptions whose classes take other arguments than `Exception` keeps of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cocoindex as coco

RUNNER = coco.ProcessRunner(1)


class OneText(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


class ByName(Exception):
    def __init__(self, *, code: int) -> None:
        self.code = code


class Closed(OSError):
    def __init__(self, path: str) -> None:
        super().__init__(9, "closed", path)


class Typed(UnicodeDecodeError):
    def __init__(self, data: bytes) -> None:
        super().__init__("utf-8", data, 0, 1, "no text")


class Frozen(Exception):
    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError("it is frozen")


class Unprintable(Exception):
    def __init__(self, a: int, b: int) -> None:
        super().__init__(a + b)

    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class Noted(OneText):
    def __init__(self) -> None:
        super().__init__(1, "noted")
        self.add_note("a note of its own")


def grouped() -> ExceptionGroup[Exception]:
    return ExceptionGroup("some", [OneText(1, "a"), ExceptionGroup("more", [ByName(code=2), ValueError(3)])])


class HoldsLock(Exception):
    def __init__(self) -> None:
        super().__init__("locked")
        self.lock = __import__("threading").Lock()


MAKERS: dict[str, Callable[[], Exception]] = {
    "one text": lambda: OneText(7, "why"),
    "by name": lambda: ByName(code=7),
    "of the system": lambda: Closed("/x"),
    "of a codec": lambda: Typed(b"\xff"),
    "frozen": lambda: Frozen(7),
    "unprintable": lambda: Unprintable(1, 2),
    "noted": Noted,
    "group": grouped,
}


@coco.fn.as_async(runner=RUNNER)
def fail(name: str) -> None:
    raise MAKERS[name]()


@coco.fn.as_async(runner=RUNNER)
def fail_with_lock() -> None:
    raise HoldsLock()
