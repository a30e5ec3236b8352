from __future__ import annotations

import builtins
import collections
import datetime
import functools
import operator
import os
import pickle
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from cocoindex._values import deserialize, serialize, serialize_by_pickle, unpickle_safe
from cocoindex.errors import CocoIndexError, DeserializationError, ForbiddenGlobalError, MemoKeyRegistrationError

PICKLE = b"\x30"


@serialize_by_pickle
class Special:
    def __init__(self, content: Any) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Special) and other.content == self.content

    class Inner:
        def __init__(self) -> None:
            self.name = "inner"


@dataclass
class Holder:
    special: Special
    more: list[Special | None]


@unpickle_safe
class Former:
    pass


class Unknown:
    pass


class Call:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.how = (function, arguments)

    def __reduce__(self) -> Any:
        return self.how


def test_registered_classes_come_back() -> None:
    for content in (1, None, [Special(2)], {"a": {1, 2}}, datetime.datetime(2024, 1, 1), collections.OrderedDict(a=1)):
        value = Special(content)
        for hint in (Any, Special, Special | None):
            assert deserialize(serialize(value), hint) == value
        assert deserialize(serialize([value]), list[Special]) == [value]
        assert deserialize(serialize([value])) == [value]


def test_registered_classes_come_back_inside_others() -> None:
    holder = Holder(Special(1), [Special(2), None])
    assert deserialize(serialize(holder), Holder) == holder


def test_a_nested_class_can_be_registered() -> None:
    serialize_by_pickle(Special.Inner)
    result = deserialize(serialize(Special.Inner()))
    assert type(result) is Special.Inner and result.name == "inner"


def test_a_class_that_is_safe_to_unpickle_can_be_read() -> None:
    assert type(deserialize(PICKLE + pickle.dumps(Former()))) is Former


HOSTILE: list[Any] = [
    Call(os.system, "touch /tmp/owned"),
    Call(builtins.eval, "1/0"),
    Call(builtins.exec, "1/0"),
    Call(builtins.__import__, "os"),
    Call(getattr, "", "join"),
    Call(operator.attrgetter("system"), 1),
    Call(operator.methodcaller("x"), 1),
    Call(functools.partial, print, "x"),
    Call(functools.reduce, min, [1]),
    Call(os.path.join, "a"),
    Call(sys.exit, 1),
    Call(open, "/tmp/x"),
    Call(type, "X", (), {}),
    Unknown(),
    [Special(Unknown())],
    {"a": (Unknown(),)},
    os.system,
    Unknown,
]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_pickles_are_refused(value: Any, protocol: int) -> None:
    data = PICKLE + pickle.dumps(value, protocol)
    for hint in (Any, Special, int):
        with pytest.raises(ForbiddenGlobalError, match="Forbidden global during unpickling: "):
            deserialize(data, hint)


@pytest.mark.parametrize(
    "name",
    [
        "os\nsystem", "posix\nsystem", "builtins\neval", "builtins\ngetattr", "builtins\nobject.__subclasses__",
        "datetime\ndatetime.__class__", "collections\nabc.sys", "builtins\nint.__base__.__subclasses__",
    "nowhere\nthing",
        "cocoindex.errors\npickle.os", "numpy\nload", "numpy.testing._private.utils\nrunstring", "zoneinfo\nos.system",
    ],
)  # fmt: skip
def test_dotted_and_other_names_are_refused(name: str) -> None:
    module, attribute = name.split("\n")
    encoded = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, attribute))
    with pytest.raises(ForbiddenGlobalError) as caught:
        deserialize(PICKLE + b"\x80\x04" + encoded + b"\x93.")
    assert f"{module}.{attribute}" in str(caught.value)
    if module == "nowhere":
        assert "nowhere" not in sys.modules


def test_the_error_is_all_that_a_reader_may_expect() -> None:
    data = PICKLE + pickle.dumps(Unknown())
    for kind in (pickle.UnpicklingError, DeserializationError, CocoIndexError, ValueError):
        with pytest.raises(kind, match=r"@coco\.serialize_by_pickle"):
            deserialize(data)


def test_hostile_pickles_inside_other_values_are_refused() -> None:
    import msgspec

    data = b"\x10" + msgspec.msgpack.encode([msgspec.msgpack.Ext(1, pickle.dumps(Call(os.system, "true")))])
    for hint in (Any, list[Special]):
        with pytest.raises(ForbiddenGlobalError):
            deserialize(data, hint)


def test_only_classes_are_registered() -> None:
    for register in (serialize_by_pickle, unpickle_safe):
        with pytest.raises(MemoKeyRegistrationError, match="only classes"):
            register(len)  # type: ignore[arg-type]
