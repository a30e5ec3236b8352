"""A read-only view of a mapping is stored as one, and is a part of memo keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

from cocoindex._values import canonical_bytes, deserialize, serialize
from cocoindex._values._stored_type import stored_type

VIEW: MappingProxyType[str, Any] = MappingProxyType({"a": 1, "b": MappingProxyType({"c": [1]})})


@dataclass
class Holder:
    plain: Mapping[str, int]
    view: MappingProxyType[str, int]


@pytest.mark.parametrize("value", [VIEW, MappingProxyType({}), [VIEW], {"x": VIEW}])
def test_it_comes_back_as_it_was(value: Any) -> None:
    found = deserialize(serialize(value), Any)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("hint", [Any, Mapping[str, Any], MappingProxyType, MappingProxyType[str, Any]])
def test_it_comes_back_whatever_it_is_annotated_as(hint: Any) -> None:
    stored = stored_type(hint)
    found = stored.read(stored.write(VIEW))
    assert found == VIEW and type(found) is MappingProxyType


def test_it_comes_back_in_a_record() -> None:
    stored = stored_type(Holder)
    value = Holder(MappingProxyType({"a": 1}), MappingProxyType({"b": 2}))
    found = stored.read(stored.write(value))
    assert found == value and type(found.plain) is type(found.view) is MappingProxyType


def test_it_is_a_part_of_keys() -> None:
    assert canonical_bytes(VIEW) == canonical_bytes(MappingProxyType(dict(VIEW)))
    others = [{}, {"a": 1}, {"a": 1, "b": VIEW["b"]}, MappingProxyType({"a": 2, "b": VIEW["b"]})]
    assert canonical_bytes(VIEW) not in map(canonical_bytes, others)
