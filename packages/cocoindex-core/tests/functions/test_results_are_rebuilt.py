"""Memoized results come back as what the return annotation says; what cannot be read is a miss that is logged."""

from __future__ import annotations

import dataclasses
import enum
import pathlib
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pydantic
import pytest

import cocoindex as coco
from cocoindex import errors


class Color(enum.Enum):
    RED = "red"


class Point(NamedTuple):
    x: int
    tags: frozenset[str]


class Model(pydantic.BaseModel):
    name: str


class Struct(msgspec.Struct):
    color: Color


@dataclasses.dataclass(frozen=True)
class Chunk:
    points: tuple[Point, ...]
    model: Model
    struct: Struct
    next: Chunk | None = None


LAST = Chunk((), Model(name="n"), Struct(Color.RED))
VALUE = Chunk((Point(1, frozenset("a")),), Model(name="m"), Struct(Color.RED), LAST)
Make = Callable[..., coco.App[..., Any]]


def twice(make_app: Make, function: Any, *args: Any) -> list[Any]:
    async def main() -> Any:
        result = function(*args)
        return await result if hasattr(result, "__await__") else result

    app = make_app(main)
    return [app.update_blocking(), app.update_blocking()]


@pytest.mark.parametrize("decorator", [coco.fn(memo=True), coco.fn.as_async(memo=True)])
def test_annotations_say_how_to_reconstruct(make_app: Make, decorator: Any) -> None:
    runs: list[int] = []

    def chunk() -> Chunk:
        runs.append(1)
        return VALUE

    assert twice(make_app, decorator(chunk)) == [VALUE, VALUE]
    assert runs == [1]


def test_a_batched_function_gives_items_of_its_annotation(make_app: Make) -> None:
    @coco.fn.as_async(memo=True, batching=True)
    def chunks(xs: list[int]) -> list[Chunk]:
        return [VALUE for _ in xs]

    assert twice(make_app, chunks, 1) == [VALUE, VALUE]


def test_a_memoized_component_gives_what_its_annotation_says(make_app: Make) -> None:
    @coco.fn(memo=True)
    async def chunk() -> Chunk:
        return VALUE

    async def main() -> Any:
        return await coco.use_mount(chunk)

    app = make_app(main)
    assert [app.update_blocking(), app.update_blocking()] == [VALUE, VALUE]


def test_without_annotations_values_come_back_as_basic_types(make_app: Make) -> None:
    @coco.fn(memo=True)
    def model():  # type: ignore[no-untyped-def]  # that there is none is the point
        return Model(name="m")

    assert twice(make_app, model) == [Model(name="m"), {"name": "m"}]


def test_an_annotation_that_is_defined_later_is_resolved_then(make_app: Make) -> None:
    module = types.ModuleType("later")
    source = "import cocoindex as coco\n@coco.fn(memo=True)\ndef make() -> 'Later': return Later(1)"
    exec(source, module.__dict__)

    @dataclasses.dataclass
    class Later:
        x: int

    assert module.make.return_hint is Any
    module.__dict__["Later"] = Later
    assert twice(make_app, module.make) == [Later(1), Later(1)]
    hint: object = module.make.return_hint
    assert hint is Later


def test_an_annotation_that_is_never_defined_is_told_once(make_app: Make, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn(memo=True)
    def make() -> Missing:  # type: ignore[name-defined]  # noqa: F821  # that it is not is the point
        return VALUE.model

    async def main() -> Any:
        return [make(), make()]

    app = make_app(main)
    app.update_blocking()
    assert [app.update_blocking(), app.update_blocking()] == [[{"name": "m"}] * 2] * 2
    assert caplog.text.count("the return annotation of make contains a name that is not defined") == 1


@dataclasses.dataclass
class Old:
    a: int


@dataclasses.dataclass
class Grown:
    a: int
    b: int = 5


@dataclasses.dataclass
class Renamed:
    other: int


@dataclasses.dataclass
class Retyped:
    a: str


@dataclasses.dataclass
class Refusing:
    a: int

    def __post_init__(self) -> None:
        raise RuntimeError("not any more")


@pytest.mark.parametrize(
    ("now", "missed"),
    [
        (Old, False),
        (Grown, True),
        (Renamed, True),
        (Retyped, True),
        (Refusing, True),
        (Color, True),
        (Model, True),
        (Old | Grown, True),
        (list[Old | str], True),
    ],
)
def test_a_class_that_changed_since_gives_a_logged_miss_not_a_crash(
    make_app: Make, caplog: pytest.LogCaptureFixture, now: Any, missed: bool
) -> None:
    runs: list[int] = []
    function: Any = None

    def make() -> Any:
        runs.append(1)
        return Old(1)

    async def main() -> Any:
        return function()

    app = make_app(main)
    for hint in (Old, now):
        make.__annotations__["return"] = hint
        function = coco.fn(memo=True, version=1)(make)
        result = app.update_blocking()
    assert len(runs) == 1 + missed
    assert ("memoized result of make in / cannot be read and runs again" in caplog.text) == missed
    assert result == Old(1)


PROGRAM = """
import pathlib, sys
import cocoindex as coco

class Thing: ...

if sys.argv[1] == "registered":
    coco.serialize_by_pickle(Thing)

@coco.fn(memo=True, version=1)
def make() -> Thing:
    print("ran")
    return Thing() if sys.argv[1] == "registered" else None

async def main():
    make()

env = coco.Environment(coco.Settings(db_path=pathlib.Path("db")))
coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
"""


def test_a_class_that_is_not_registered_any_more_gives_a_logged_miss(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)

    def run(argument: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(path), argument]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)

    assert [run("registered").stdout, run("registered").stdout] == ["ran\n", ""]
    after = run("not")
    assert after.stdout == "ran\n"
    assert "Forbidden global during unpickling: program.Thing" in after.stderr


def test_a_local_class_that_is_registered_cannot_be_stored_and_the_error_says_so(make_app: Make) -> None:
    @coco.serialize_by_pickle
    class Local: ...

    @coco.fn(memo=True)
    def make() -> Local:
        return Local()

    with pytest.raises(errors.SerializationError, match="Local"):
        twice(make_app, make)
