"""Exceptions that take no notes, cannot be printed or assigned to, and logs that raise: the update ends and says so."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


@dataclasses.dataclass(frozen=True)
class FrozenError(Exception):
    code: int = 3


@dataclasses.dataclass(frozen=True)
class FrozenTimeoutError(TimeoutError):
    code: int = 3


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class NotesRaiseError(Exception):
    @property
    def __notes__(self) -> list[str]:  # type: ignore[override]  # this is what the test is about
        raise OSError("no notes")


class NoteRaisesError(Exception):
    def add_note(self, note: str, /) -> None:
        raise OSError("no note")


class NotesOfAnotherKindError(Exception):
    __notes__ = 3  # type: ignore[assignment]  # this is what the test is about


class UnhashableError(Exception):
    __hash__ = None  # type: ignore[assignment]  # this is what the test is about

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")


class UnpicklableError(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("no pickle")


class NoClassError(Exception):
    @property  # type: ignore[misc]  # this is what the test is about
    def __class__(self) -> Any:
        raise OSError("no class")


class NothingToBeHadError(Exception):
    def __getattribute__(self, name: str) -> Any:
        raise OSError(f"no {name}")


class FalseError(Exception):
    def __bool__(self) -> bool:
        return False


class CircleError(Exception):
    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        other = ValueError("the other one")
        self.__cause__, other.__cause__ = other, self


KINDS: list[type[Exception]] = [
    FrozenError,
    FrozenTimeoutError,
    UnprintableError,
    NotesRaiseError,
    NoteRaisesError,
    NotesOfAnotherKindError,
    UnhashableError,
    UnpicklableError,
    NoClassError,
    NothingToBeHadError,
    FalseError,
    CircleError,
]

# asyncio.run() itself asks for their class, and waits for ever.
STOP_ASYNCIO = (NoClassError, NothingToBeHadError)

target = RecordingTarget("test/exceptions that refuse")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    target.data.clear()
    yield
    target.on_batch = None


@coco.fn
async def innocent() -> None:
    target.declare("innocent", 1)


def failing(kind: type[Exception], form: str) -> Any:
    if form == "sync":

        @coco.fn
        def sync() -> None:
            raise kind

        return sync

    @coco.fn.as_async
    def helper() -> None:
        raise kind

    @coco.fn
    async def child() -> None:
        if form == "thread":
            await helper()
        raise kind

    return child


@pytest.mark.parametrize("form", ["async", "sync", "thread"])
@pytest.mark.parametrize("kind", KINDS)
def test_in_the_background_it_is_logged(
    make_app: Any, kind: type[Exception], form: str, caplog: pytest.LogCaptureFixture
) -> None:
    child = failing(kind, form)

    @coco.fn
    async def main() -> str:
        await coco.mount(child)
        await coco.mount(innocent)
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert target.data == {"innocent": 1}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "component /@" in caplog.text and kind.__name__ in caplog.text


@pytest.mark.parametrize("form", ["async", "sync", "thread"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_it_is_needed_it_is_raised_as_it_is(make_app: Any, kind: type[Exception], form: str) -> None:
    child = failing(kind, form)
    caught: list[type[BaseException]] = []

    @coco.fn
    async def main() -> None:
        try:
            await coco.use_mount(child)
        except kind as exc:
            caught.append(type(exc))
            raise

    with pytest.raises(kind):
        make_app(main).update_blocking()
    assert caught == [kind]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in STOP_ASYNCIO])
def test_out_of_the_main_function_under_a_time_limit_and_awaited(make_app: Any, kind: type[Exception]) -> None:
    import datetime

    @coco.fn
    async def main() -> None:
        with coco.stats_group("group"):
            raise kind

    async def update() -> None:
        with coco.timeout(datetime.timedelta(seconds=60)):
            await make_app(main).update(report_to_stdout=True)

    with pytest.raises(kind):
        asyncio.run(update())


@pytest.mark.parametrize("kind", KINDS)
def test_out_of_a_sink(make_app: Any, kind: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def row(key: str) -> None:
        target.declare(key, 1)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("bad"), row, "bad")

    def fail(_: object) -> None:
        raise kind

    app = make_app(main)
    target.on_batch = fail
    app.update_blocking()
    assert kind.__name__ in caplog.text
    target.on_batch = None
    app.update_blocking()
    assert target.data == {"bad": 1}
    target.on_batch = fail
    with pytest.raises(coco.errors.DropError, match=kind.__name__):
        app.drop_blocking()


@pytest.mark.parametrize("kind", KINDS)
def test_out_of_and_to_an_exception_handler(make_app: Any, kind: type[Exception]) -> None:
    told: list[type[BaseException]] = []

    def outer(error: BaseException, context: coco.ExceptionContext) -> None:
        told.append(type(error))

    def inner(error: BaseException, context: coco.ExceptionContext) -> None:
        told.append(type(error))
        raise error

    child = failing(kind, "async")

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(outer), coco.exception_handler(inner):
            await coco.mount(child)

    make_app(main).update_blocking()
    assert told == [kind, kind]


class Raises(logging.Handler):
    """A handler of the log that fails."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def emit(self, record: logging.LogRecord) -> None:
        raise self._error


@pytest.mark.parametrize("error", [OSError("no space left"), SystemExit(3), UnprintableError(), FrozenError()])
def test_a_handler_of_the_log_that_raises(
    make_app: Any, error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    child = failing(ValueError, "async")

    @coco.fn
    async def main() -> str:
        await coco.mount(child)
        await coco.mount(innocent)
        return "done"

    handler = Raises(error)
    logging.getLogger("cocoindex").addHandler(handler)
    try:
        assert make_app(main).update_blocking() == "done"
    finally:
        logging.getLogger("cocoindex").removeHandler(handler)
    assert target.data == {"innocent": 1}
    err = capsys.readouterr().err
    assert "processing failed: component /@" in err and type(error).__name__ in err


@pytest.mark.parametrize("kind", [FrozenError, UnprintableError, NotesRaiseError])
def test_out_of_a_lifespan(kind: type[Exception], tmp_path: Any) -> None:
    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        raise kind
        yield

    enter: Callable[[], Any] = coco.start_blocking
    with pytest.raises(kind):
        enter()
