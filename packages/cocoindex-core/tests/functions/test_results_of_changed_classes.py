"""A memoized result whose class has another shape now is made anew; the log says so once."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable
from importlib.util import find_spec

import pytest

import cocoindex as coco

HEAD = """
import dataclasses, enum, typing
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
    ("class R(msgspec.Struct, rename='upper'):\n a: int = 0", ", rename='upper'", "", "R(1)"),
    (
        "class R(msgspec.Struct, rename={'a': 'b', 'b': 'a'}):\n a: int = 0\n b: int = 0",
        ", rename={'a': 'b', 'b': 'a'}", "",
        "R(1)",
    ),
    ("class R(pydantic.BaseModel):\n a: int = 0", "a: int", "b: int", "R(**dict.fromkeys(R.model_fields, 1))"),
    (
        "@coco.serialize_by_pickle\nclass R:\n def __init__(self): self.a = 1\n"
        " def __eq__(self, other): return vars(self) == vars(other)",
        "self.a", "self.b", "R()",
    ),
]  # fmt: skip

# The same for what is in no field's name and type: a value that is made anew differs.
MADE_OTHERWISE = [
    ("class R(pydantic.BaseModel):\n a: int = 0\n _b: int = pydantic.PrivateAttr(default=1)", "=1)", "=2)", "R(a=1)"),
    (
        "class R(pydantic.BaseModel):\n a: int = 0\n _b: list = pydantic.PrivateAttr(default_factory=lambda: [1])",
        "[1]", "[2]", "R(a=1)",
    ),
    ("class R(pydantic.BaseModel):\n a: int = 0\n _b: int = 1", "_b: int = 1", "_b: int = 2", "R(a=1)"),
    ("class R(pydantic.BaseModel):\n a: int = 0\n b: int = 1", "b: int = 1", "b: int = 2", "R(a=1)"),
    (
        "class R(pydantic.BaseModel):\n a: list = pydantic.Field(default_factory=lambda: [1])",
        "[1]", "[2]", "R()",
    ),
    (
        "class R(pydantic.BaseModel):\n MOST: 'typing.ClassVar[int]' = 5\n a: int\n"
        " @pydantic.field_validator('a')\n @classmethod\n def check(cls, a): return min(a, cls.MOST)",
        "= 5", "= 7", "R(a=9)",
    ),
    (
        "class R(pydantic.BaseModel):\n a: int\n"
        " @pydantic.field_validator('a')\n @classmethod\n def check(cls, a): return min(a, 5)",
        ", 5)", ", 7)", "R(a=9)",
    ),
    (
        "class R(pydantic.BaseModel):\n a: typing.Annotated[int, pydantic.AfterValidator(lambda a: a + 1)]",
        "+ 1", "+ 2", "R(a=1)",
    ),
    (
        "def least(a): return max(a, 1)\nclass R(pydantic.BaseModel):\n"
        " a: list[typing.Annotated[int, pydantic.BeforeValidator(least)]]",
        "max(a, 1)", "max(a, 2)", "R(a=[0])",
    ),
    (
        "class R(pydantic.BaseModel):\n a: typing.Annotated[str, pydantic.StringConstraints(to_upper=True)]",
        "upper", "lower", "R(a='aB')",
    ),
    (
        "class R(pydantic.BaseModel):\n model_config = {'str_strip_whitespace': True}\n a: str",
        "True", "False", "R(a=' a')",
    ),
    (
        "class R(pydantic.BaseModel):\n a: int = 0\n def model_post_init(self, _): self.a = self.least()\n"
        " def least(self): return max(self.a, 1)",
        ", 1)", ", 2)", "R()",
    ),
    (
        "@dataclasses.dataclass\nclass R:\n a: int\n def __post_init__(self): self.a = self.least()\n"
        " def least(self): return max(self.a, 1)",
        ", 1)", ", 2)", "R(0)",
    ),
    ("@dataclasses.dataclass\nclass R:\n a: int = 0", "= 0", "= 1", "R()"),
    (
        "@dataclasses.dataclass\nclass R:\n a: list = dataclasses.field(default_factory=lambda: [1])",
        "[1]", "[2]", "R()",
    ),
    ("def one(): return [1]\n@dataclasses.dataclass\nclass R:\n a: list = dataclasses.field(default_factory=one)",
     "[1]", "[2]", "R()"),
    ("@dataclasses.dataclass\nclass R:\n a: int\n def __post_init__(self): self.a = min(self.a, 5)", ", 5", ", 7",
     "R(9)"),
    ("@dataclasses.dataclass\nclass R:\n a: int\n MOST = 5\n def __post_init__(self): self.a = min(self.a, self.MOST)",
     "= 5", "= 7", "R(9)"),
    ("class R(msgspec.Struct, omit_defaults=True):\n a: int = 0", "= 0", "= 1", "R()"),
    ("class R(msgspec.Struct):\n a: int = 0\n b: int = 3", "= 3", "= 4", "R()"),
    ("class R(msgspec.Struct):\n a: list = msgspec.field(default_factory=lambda: [1])", "[1]", "[2]", "R()"),
    ("class R(msgspec.Struct):\n a: int\n def __post_init__(self): self.a = min(self.a, 5)", ", 5", ", 7", "R(9)"),
    ("class R(NamedTuple):\n a: int = 0", "= 0", "= 1", "R()"),
    (
        "class R(enum.Enum):\n A = 1\n B = 2\n @classmethod\n def _missing_(cls, value): return cls.A",
        "cls.A", "cls.B", "R(9)",
    ),
]  # fmt: skip
if find_spec("attrs") is not None:
    HEAD += "import attrs\n"
    MADE_OTHERWISE += [
        ("@attrs.define\nclass R:\n a: int = 0", "= 0", "= 1", "R()"),
        ("@attrs.define\nclass R:\n a: list = attrs.field(factory=lambda: [1])", "[1]", "[2]", "R()"),
        ("@attrs.define\nclass R:\n a: int = attrs.field(converter=lambda a: a + 1)", "+ 1", "+ 2", "R(1)"),
    ]

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
    told = [record.message for record in caplog.records if "cannot be read and runs again" in record.message]
    assert len(told) == 2  # of each function once
    assert all("another shape of" in message and "R" in message for message in told)
    del after
    gc.collect()
    assert len(update(written.replace(old, new), annotation, value).runs) == 0


@pytest.mark.parametrize(("written", "old", "new", "value"), MADE_OTHERWISE)
def test_another_way_to_make_it_is_a_miss(
    update: Update, caplog: pytest.LogCaptureFixture, written: str, old: str, new: str, value: str
) -> None:
    test_another_shape_is_a_miss(update, caplog, written, old, new, value, "list[R]", "[{}]")


UNCHANGED = [
    ("@dataclasses.dataclass\nclass R:\n a: int = 0\n MOST = 5", "= 5", "= 7", "R(1)"),
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


@pytest.mark.parametrize("base", ["Flag", "IntFlag"])
def test_a_combination_that_is_first_made_by_the_body_is_a_hit(update: Update, base: str) -> None:
    written, value = f"class R(enum.{base}):\n A = 1\n B = 2", "R(3 if runs else 1)"
    assert len(update(written, "R", value).runs) == 4
    after = update(written, "R", value)
    assert after.runs == []
    assert [result.value for result in after.results] == [3] * 4
