"""The functions that `RunnerSuite` runs on runners, in a module that other processes can import. Testing kit."""

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
    """An exception whose constructor takes other arguments than `args` holds."""

    def __init__(self, code: int, *, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __reduce__(self) -> Any:
        return _odd_error, (self.code, self.detail)


def _odd_error(code: int, detail: str) -> OddError:
    return OddError(code, detail=detail)


def provide_values(context: ContextProvider) -> None:
    """Provide the context values; an initializer of workers."""
    context.provide(WORD, "word")
    context.provide(TRACKED, "tracked")


@fn
def echo(*args: Any, **kwargs: Any) -> Any:
    """Return the arguments."""
    return args, kwargs


@fn
async def echo_async(*args: Any, **kwargs: Any) -> Any:
    """Return the arguments, after a turn of the event loop."""
    await asyncio.sleep(0)
    return args, kwargs


@fn
def pid() -> int:
    """Return the id of the process."""
    return os.getpid()


@fn
def fail_oddly() -> None:
    """Raise an exception with a cause."""
    try:
        raise ZeroDivisionError("below")
    except ZeroDivisionError as error:
        raise OddError(7, detail="why") from error


@fn
def fail_unpicklably() -> None:
    """Raise an exception that cannot be pickled."""
    error = ValueError("it holds a lock")
    error.lock = __import__("threading").Lock()  # type: ignore[attr-defined]  # any exception takes attributes
    raise error


@fn
def exit_program() -> None:
    """Raise SystemExit."""
    raise SystemExit(3)


@fn
def die() -> None:
    """End the process at once."""
    os._exit(9)


@fn
def has_time(now_is_too_late: bool = False) -> bool:
    """Check the time limit of the caller."""
    check_cancellation()
    return True


@fn
def meet(folder: Path, mine: int, all_of_them: int) -> bool:
    """Wait until this many calls run at the same time; never return if they do not."""
    (folder / str(mine)).touch()
    while len(list(folder.iterdir())) < all_of_them:
        time.sleep(0.001)
    return True


@fn
def stay(folder: Path) -> None:
    """Report in `folder` that the call has begun, then report again and again that it is running."""
    while True:
        with (folder / "beats").open("a") as file:
            file.write(".")
        (folder / "begun").touch()
        time.sleep(0.001)


@fn
def inner(x: int) -> int:
    """A marked function that another one calls."""
    return x + 1


@fn
def outer(x: int) -> int:
    """Call `inner`."""
    return inner(x)


@fn
def word() -> str:
    """Return a context value."""
    return use_context(WORD)


@fn
def tracked() -> str:
    """Return a context value whose changes are tracked."""
    return use_context(TRACKED)
