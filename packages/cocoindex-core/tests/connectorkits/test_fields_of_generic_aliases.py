"""A field whose type is a generic alias has the type that the alias stands for with its arguments."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import pytest
from typing_extensions import TypeAliasType

from cocoindex.connectorkits.record_type import field_type

K = TypeVar("K")
V = TypeVar("V")
Rows = TypeAliasType("Rows", list[V], type_params=(V,))
Turned = TypeAliasType("Turned", dict[V, K], type_params=(K, V))
Same = TypeAliasType("Same", V, type_params=(V,))
Maybe = TypeAliasType("Maybe", Annotated[V, "marked"] | None, type_params=(V,))


@pytest.mark.parametrize(
    ("annotation", "base", "nullable"),
    [
        (Rows[int], list[int], False),
        (Turned[int, str], dict[str, int], False),
        (Same[int], int, False),
        (Rows[Rows[int]], list[Rows[int]], False),
        (Maybe[int], int, True),
        (Rows[int] | None, list[int], True),
    ],
)
def test_arguments_take_the_place_of_parameters(annotation: Any, base: Any, nullable: bool) -> None:
    found = field_type(annotation)
    assert (found.base, found.nullable) == (base, nullable)
