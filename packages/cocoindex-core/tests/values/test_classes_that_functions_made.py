"""A class that a function made is told apart in memo keys by all that is in it: one name stands for many."""

from __future__ import annotations

import abc
import dataclasses
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pydantic
import pytest

import cocoindex as coco
from cocoindex._values import canonical_bytes


class Box:
    def __init__(self, x: Any) -> None:
        self.x = x


def attribute(v: Any) -> type:
    class Made:
        x = v

    return Made


def nested(v: Any) -> type:
    class Made:
        class Inner:
            def get(self) -> Any:
                return v

    return Made


def marked(v: Any) -> type:
    class Made:
        @coco.fn
        async def get(self) -> Any:
            return v

    return Made


def marked_static(v: Any) -> type:
    class Made:
        @staticmethod
        @coco.fn(memo=True)
        def get() -> Any:
            return v

    return Made


def cached(v: Any) -> type:
    class Made:
        @functools.cached_property
        def get(self) -> Any:
            return v

    return Made


def kept(v: Any) -> type:
    class Made:
        @functools.lru_cache  # noqa: B019
        def get(self) -> Any:
            return v

    return Made


def dispatched(v: Any) -> type:
    class Made:
        @functools.singledispatchmethod
        def get(self, x: Any) -> Any:
            return x

        @get.register
        def _(self, x: int) -> Any:
            return v

    return Made


def partial_method(v: Any) -> type:
    class Made:
        def give(self, x: Any) -> Any:
            return x

        get = functools.partialmethod(give, v)

    return Made


def setter(v: Any) -> type:
    class Made:
        @property
        def get(self) -> Any:
            return 1

        @get.setter
        def get(self, x: Any) -> None:
            self.x = v

    return Made


def descriptor(v: Any) -> type:
    class Described:
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            return v

    return attribute(Described())


def metaclass(v: Any) -> type:
    class Meta(type):
        def get(cls) -> Any:
            return v

    return Meta("Made", (), {})


def abstract(v: Any) -> type:
    class Made(abc.ABC):  # noqa: B024
        def get(self) -> Any:
            return v

    return Made


def record(v: Any) -> type:
    @dataclasses.dataclass
    class Made:
        x: Any = dataclasses.field(default_factory=lambda: v)

    return Made


def struct(v: Any) -> type:
    class Made(msgspec.Struct):
        x: Any = msgspec.field(default_factory=lambda: v)

    return Made


def model(v: Any) -> type:
    class Made(pydantic.BaseModel):
        x: int = 0

        def get(self) -> Any:
            return v

    return Made


def typed_in(where: str) -> Callable[[Any], type]:
    """A class whose source is in no file: it was typed into a shell or notebook, or executed."""

    def make(v: Any) -> type:
        names: dict[str, Any] = {"__name__": "typed", "v": v}
        source = "def make(v):\n class Made:\n  def __call__(self): return v\n  def get(self): return v\n return Made"
        exec(compile(source, where, "exec"), names)
        made: type = names["make"](v)
        return made

    return make


def metaclass_of_records(v: Any) -> type:
    class Meta(type):
        """As those of libraries are: what it says of fields, it says of its classes."""

        x = v

        @property
        def __dataclass_fields__(cls) -> dict[str, Any]:
            return {}

        @property
        def __struct_defaults__(cls) -> tuple[Any, ...]:
            return ()

    return Meta("Made", (), {})


MAKERS: dict[str, Callable[[Any], type]] = {
    "number": attribute,
    "list": lambda v: attribute([v]),
    "dict": lambda v: attribute({"a": v}),
    "object": lambda v: attribute(Box(v)),
    "partial": lambda v: attribute(functools.partial(max, v)),
    "slots": lambda v: type("Made", (), {"__slots__": (f"slot_{v}",)}),
    "notebook": typed_in("<ipython-input-1-abc>"),
    "shell": typed_in("<stdin>"),
    "executed": typed_in("<string>"),
    **{make.__name__: make for make in (nested, marked, marked_static, cached, kept, dispatched, partial_method)},
    **{make.__name__: make for make in (setter, descriptor, metaclass, metaclass_of_records, abstract)},
    **{make.__name__: make for make in (record, struct, model)},
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_in_the_class_counts(name: str) -> None:
    make = MAKERS[name]
    assert canonical_bytes(make(1)) != canonical_bytes(make(2))
    assert canonical_bytes(make(1)) == canonical_bytes(make(1))


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_in_the_class_of_an_object_counts(name: str) -> None:
    make = MAKERS[name]
    assert canonical_bytes(make(1)()) != canonical_bytes(make(2)())


def test_what_cannot_be_looked_at_counts_by_its_type() -> None:
    class Refusing:
        def __getattr__(self, name: str) -> Any:
            raise SystemExit

        def __reduce_ex__(self, protocol: object) -> Any:
            raise SystemExit

    held = Refusing()
    assert canonical_bytes(attribute(held)) == canonical_bytes(attribute(held))


def test_keys_are_the_same_in_every_process() -> None:
    program = (
        "import sys; sys.path[0:0] = sys.argv[1:]\n"
        "import test_classes_that_functions_made as t\n"
        "print(t.canonical_bytes([make(v) for make in t.MAKERS.values() for v in (1, 'a')]).hex())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, os.path.dirname(__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(outputs) == 1
