from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from cocoindex._values import deserialize, serialize
from cocoindex.errors import SerializationError

pytest.importorskip("numpy")

import numpy as np
import numpy.typing as npt


@dataclass
class Chunk:
    text: str
    embedding: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_] | None = None


ARRAYS: list[Any] = [
    np.arange(6), np.arange(12).reshape(3, 4)[:, ::2], np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(1.5),
    np.zeros((0, 3)), np.array([], "f4"), np.array(["a", "bb"]), np.array([b"x"]), np.array([True]), np.array([1j]),
    np.array(["2024-01-01"], "M8[D]"), np.array([5], "m8[ms]"), np.arange(3, dtype=">i4"), np.array([1.5], "f2"),
    np.array([1], np.longdouble), np.array([(1, [1, 2])], [("a", "i4"), ("b", "f8", (2,))]), np.zeros(2, "V3"),
]  # fmt: skip


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
@pytest.mark.parametrize("hint", [Any, np.ndarray, np.ndarray | None])
def test_arrays_come_back_whole_and_writable(array: Any, hint: Any) -> None:
    result = deserialize(serialize(array), hint)
    assert type(result) is np.ndarray
    assert result.dtype == array.dtype and result.shape == array.shape
    assert result.tobytes() == array.tobytes()
    assert result.flags.writeable


def test_arrays_inside_come_back() -> None:
    chunk = Chunk("a", np.array([1.5], "f4"))
    result = deserialize(serialize([chunk]), list[Chunk])[0]
    assert isinstance(result, Chunk) and result.mask is None
    assert result.embedding.dtype == "f4" and list(result.embedding) == [1.5]


@pytest.mark.parametrize("dtype", ["f4", ">i2", "U3", "M8[ns]", [("a", "i4"), ("b", "f8", (2,))]])
def test_dtypes_come_back(dtype: Any) -> None:
    dtype = np.dtype(dtype)
    for hint in (Any, np.dtype):
        assert deserialize(serialize(dtype), hint) == dtype


@pytest.mark.parametrize(
    ("scalar", "plain"),
    [
        (np.float64(1.5), float), (np.float32(1.5), float), (np.int64(3), int), (np.uint8(3), int),
    (np.bool_(True), bool),
        (np.str_("a"), str),
    ],
)  # fmt: skip
def test_scalars_come_back_as_annotated(scalar: Any, plain: type) -> None:
    for hint in (plain, type(scalar)):
        result = deserialize(serialize([scalar]), list[hint])[0]  # type: ignore[valid-type]
        assert type(result) is hint and result == scalar


@pytest.mark.parametrize(
    "scalar", [np.datetime64("2024-01-01"), np.timedelta64(1, "s"), np.complex64(1j), np.longdouble(1)]
)
def test_scalars_that_python_does_not_have_stay_as_they_are(scalar: Any) -> None:
    for hint in (Any, type(scalar)):
        result = deserialize(serialize(scalar), hint)
        assert type(result) is type(scalar) and result == scalar


def test_arrays_of_objects_are_refused() -> None:
    with pytest.raises(SerializationError, match=r"at \['a'\]\[0\].*arrays of Python objects"):
        serialize({"a": [np.array([None, "x"])]})
    with pytest.raises(SerializationError, match="MaskedArray"):
        serialize(np.ma.masked_array([1], [True]))
