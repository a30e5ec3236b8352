from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocoindex._values import canonical_bytes


def test_arrays_are_type_shape_and_content() -> None:
    pytest.importorskip("numpy")
    import numpy as np

    array = np.arange(6).reshape(2, 3)
    different = [
        array, array.reshape(3, 2), array.astype("i4"), array.astype(">i8"), array + 1, array[:, ::2], array.tolist(),
        array.reshape(-1), np.arange(0), np.array(1), np.int64(1), np.int32(1), np.float64(1), 1, 1.0, np.array("a"),
        np.array([None, "a"]), np.dtype("i4"), np.dtype("i8"), np.dtype([("a", "i4")]), np.ma.masked_array([1], [True]),
        np.ma.masked_array([1], [False]), np.array([(1, 2)], [("a", "i4"), ("b", "i4")]),
        np.array([(1, 2)], [("a", "i4"), ("c", "i4")]), np.array([1], "M8[s]"), np.array([1], "M8[ms]"),
    ]  # fmt: skip
    assert len({canonical_bytes(value) for value in different}) == len(different)
    assert canonical_bytes(np.asfortranarray(array)) == canonical_bytes(array)
    assert canonical_bytes(np.concatenate([array, array], 1)[:, :3]) == canonical_bytes(array)


def test_pydantic_models_are_their_fields() -> None:
    pytest.importorskip("pydantic")
    import pydantic

    class Model(pydantic.BaseModel):
        a: int
        b: Any = None

    class Twin(pydantic.BaseModel):
        a: int
        b: Any = None

    class Open(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(extra="allow")

    def opened(**fields: int) -> Open:
        return Open.model_validate(fields)

    assert canonical_bytes(Model(a=1)) == canonical_bytes(Model(a=1, b=None)) != canonical_bytes(Model(a=2))
    assert canonical_bytes(Model(a=1)) != canonical_bytes(Twin(a=1))
    assert canonical_bytes(opened(a=1, c=1)) == canonical_bytes(opened(a=1, c=1)) != canonical_bytes(opened(a=1, c=2))
    with pytest.raises(TypeError, match=r"\.b\[0\]"):
        canonical_bytes(Model(a=1, b=[pytest]))


def test_structs_are_their_fields() -> None:
    class One(msgspec.Struct):
        x: Any = None

    class Other(msgspec.Struct):
        x: Any = None

    assert canonical_bytes(One([1])) == canonical_bytes(One([1])) != canonical_bytes(One((1,)))
    assert canonical_bytes(One(1)) != canonical_bytes(Other(1))
