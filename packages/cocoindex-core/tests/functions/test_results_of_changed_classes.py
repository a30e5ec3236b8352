"""A memoized result whose class has another shape now is made anew; the log says so once."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable

import pytest

import cocoindex as coco

HEAD = """
import dataclasses, enum
from typing import Any, NamedTuple, TypedDict
import msgspec, pydantic
import cocoindex as coco
runs = []
"""

# How a class was written, what of that is changed, to what, and a value of it.
CHANGED = [
    ("class R(NamedTuple):\n a: int\n b: int", "a: int\n b: int", "b: int\n a: int", "R(a=1, b=2)"),
    ("class R(NamedTuple):\n a: int\n b: int", "b: int", "n: int = 0\n b: int = 5", "R(a=1, b=2)"),
    ("class R(NamedTuple):\n a: int\n b: int", "b: int", "c: int", "R(1, 2)"),
    ("class R(enum.Enum):\n A = enum.auto()\n B = enum.auto()", " A", " N = enum.auto()\n A", "R.A"),
    ("class R(enum.IntEnum):\n A = 1\n B = 2", "A = 1\n B = 2", "A = 2\n B = 1", "R.A"),
    ("@dataclasses.dataclass\nclass R:\n a: int = 0", "a: int", "b: int", "R(1)"),
    ("@dataclasses.dataclass\nclass R:\n a: int = 0", "a: int = 0", "a: int = 0\n b: int = 0", "R(1)"),
    ("@dataclasses.dataclass\nclass R:\n a: int = 0", "a: int", "a: float", "R(1)"),
    ("@dataclasses.dataclass\nclass R:\n a: int\n b: int = 0", "b: int = 0", "", "R(1)"),
    ("class R(TypedDict, total=False):\n a: int", "a: int", "b: int", "dict.fromkeys(R.__annotations__, 1)"),
    ("class R(msgspec.Struct, array_like=True):\n a: int\n b: int", "a: int\n b", "b: int\n a", "R(a=1, b=2)"),
    ("class R(msgspec.Struct):\n a: int = 0", "a: int", "b: int", "R(1)"),
    ("class R(pydantic.BaseModel):\n a: int = 0", "a: int", "b: int", "R(**dict.fromkeys(R.model_fields, 1))"),
    (
        "@coco.serialize_by_pickle\nclass R:\n def __init__(self): self.a = 1\n"
        " def __eq__(self, other): return vars(self) == vars(other)",
        "self.a", "self.b", "R()",
    ),
]  # fmt: skip

# Where in a result the class may be, and the annotation that says so.
PLACES = [
    ("R", "{}"),
    ("list[R]", "[{}]"),
    ("dict[str, R]", "dict(k={})"),
    ("tuple[int, R]", "(1, {})"),
    ("R | None", "{}"),
    ("Outer", "Outer({})"),
]
OUTER = "\n@dataclasses.dataclass\nclass Outer:\n    r: R\n"

Update = Callable[[str, str, str], types.SimpleNamespace]

FUNCTIONS = """
@coco.fn(memo=True, version=1)
def make() -> {annotation}:
    runs.append(1)
    return {value}

@coco.fn(memo=True, version=1)
def again(n: int) -> {annotation}:
    return (runs.append(1), {value})[1]

@coco.fn
async def main():
    return [make(), *[await coco.use_mount(coco.component_subpath(n), again, n) for n in range(3)]]

wanted = {value}
"""


@pytest.fixture
def update(env: coco.Environment, little_garbage: None) -> Update:
    """Run the program, with the class as it is written, and give what it returned, its runs, and what was wanted."""

    def run(written: str, annotation: str, value: str) -> types.SimpleNamespace:
        program = sys.modules["changing_program"] = types.ModuleType("changing_program")
        names = vars(program)
        exec(f"{HEAD}{written}\n{OUTER}{FUNCTIONS.format(annotation=annotation, value=value)}", names)
        results = coco.App(coco.AppConfig("program", environment=env), names["main"]).update_blocking()
        found = types.SimpleNamespace(results=results, runs=names["runs"], wanted=names["wanted"])
        del names, program, sys.modules["changing_program"]
        gc.collect()
        return found

    return run


@pytest.mark.parametrize(("annotation", "form"), PLACES)
@pytest.mark.parametrize(("written", "old", "new", "value"), CHANGED)
def test_another_shape_is_a_miss(
    update: Update,
    caplog: pytest.LogCaptureFixture,
    written: str,
    old: str,
    new: str,
    value: str,
    annotation: str,
    form: str,
) -> None:
    value = form.format(f"({value})")
    assert len(update(written, annotation, value).runs) == 4
    assert len(update(written, annotation, value).runs) == 0
    assert caplog.text == ""
    after = update(written.replace(old, new), annotation, value)
    assert len(after.runs) == 4
    assert after.results == [after.wanted] * 4
    assert [type(result) for result in after.results] == [type(after.wanted)] * 4
    told = [record.message for record in caplog.records if "cannot be read, running it again" in record.message]
    assert len(told) == 2  # of each function once
    assert all("another shape of" in message and "R" in message for message in told)
    del after
    gc.collect()
    assert len(update(written.replace(old, new), annotation, value).runs) == 0


UNCHANGED = [
    ("@dataclasses.dataclass\nclass R:\n a: int = 0\n b: int = 0", "a: int = 0\n b", "b: int = 0\n a", "R(a=1)"),
    ("@dataclasses.dataclass\nclass R:\n a: int = 0", "a: int = 0", "a: int = 0\n def f(self): pass", "R(1)"),
    ("class R(enum.Enum):\n A = 1\n B = 2", "A = 1\n B = 2", "B = 2\n A = 1", "R.A"),
    ("class R(NamedTuple):\n a: int", "a: int", "'What it is.'\n a: int", "R(1)"),
    ("@dataclasses.dataclass\nclass R:\n a: 'R | None' = None", "a: 'R | None'", "a: 'R | None'", "R(R())"),
]


@pytest.mark.parametrize(("written", "old", "new", "value"), UNCHANGED)
def test_the_same_shape_is_a_hit(update: Update, written: str, old: str, new: str, value: str) -> None:
    assert len(update(written, "R", value).runs) == 4
    after = update(written.replace(old, new), "R", value)
    assert after.runs == []
    assert repr(after.results) == repr([after.wanted] * 4)
