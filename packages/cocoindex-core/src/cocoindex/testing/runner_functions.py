"""The functions that `RunnerSuite` has runners run; where other processes can find them. Testing kit."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from .._function.decorator import fn
from .._runtime.cancellation import check_cancellation
from .._runtime.context import ContextKey, ContextProvider
from .._runtime.scope import use_context

WORD = ContextKey[str]("cocoindex.testing/word")
TRACKED = ContextKey[str]("cocoindex.testing/tracked", detect_change=True)


class OddError(Exception):
    """An exception whose arguments are not those of its class."""

    def __init__(self, code: int, *, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __reduce__(self) -> Any:
        return _odd_error, (self.code, self.detail)


def _odd_error(code: int, detail: str) -> OddError:
    return OddError(code, detail=detail)


def provide_values(context: ContextProvider) -> None:
    """An initializer of workers."""
    context.provide(WORD, "word")
    context.provide(TRACKED, "tracked")


@fn
def echo(*args: Any, **kwargs: Any) -> Any:
    """Gives its arguments back."""
    return args, kwargs


@fn
async def echo_async(*args: Any, **kwargs: Any) -> Any:
    """Does so later."""
    await asyncio.sleep(0)
    return args, kwargs


@fn
def pid() -> int:
    """The process in which it runs."""
    return os.getpid()


@fn
def fail_oddly() -> None:
    """Raises an exception with a cause."""
    try:
        raise ZeroDivisionError("below")
    except ZeroDivisionError as error:
        raise OddError(7, detail="why") from error


@fn
def fail_unpicklably() -> None:
    """Raises what no pickle can hold."""
    error = ValueError("it holds a lock")
    error.lock = __import__("threading").Lock()  # type: ignore[attr-defined]  # any exception takes attributes
    raise error


@fn
def exit_program() -> None:
    """Asks the program to end."""
    raise SystemExit(3)


@fn
def die() -> None:
    """Ends its process at once."""
    os._exit(9)


@fn
def has_time(now_is_too_late: bool = False) -> bool:
    """Looks at the time limit of its caller."""
    check_cancellation()
    return True


@fn
def meet(folder: Path, mine: int, all_of_them: int) -> bool:
    """Waits until as many calls are in it; never ends where they do not run at the same time."""
    (folder / str(mine)).touch()
    while len(list(folder.iterdir())) < all_of_them:
        time.sleep(0.001)
    return True


@fn
def stay(folder: Path) -> None:
    """Says in `folder` that it has begun, and then that it goes on, for ever."""
    while True:
        with (folder / "beats").open("a") as file:
            file.write(".")
        (folder / "begun").touch()
        time.sleep(0.001)


@fn
def inner(x: int) -> int:
    """A marked function that another one reaches."""
    return x + 1


@fn
def outer(x: int) -> int:
    """Reaches `inner`."""
    return inner(x)


@fn
def word() -> str:
    """A context value."""
    return use_context(WORD)


@fn
def tracked() -> str:
    """A context value of which changes count."""
    return use_context(TRACKED)
