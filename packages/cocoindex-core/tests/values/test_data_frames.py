"""Data frames are stored as pickles where their class was declared, and name nothing that does more than hold data."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex._values import deserialize, serialize
from cocoindex._values._stored_type import stored_type

pandas = pytest.importorskip("pandas")


@pytest.fixture(autouse=True)
def _declared() -> None:
    coco.serialize_by_pickle(pandas.DataFrame)
    coco.serialize_by_pickle(pandas.Series)


def frames() -> list[Any]:
    times = pandas.to_datetime(["2024-01-01", "2024-02-01"])
    everything = {
        "int": [1, 2],
        "float": [1.5, None],
        "bool": [True, False],
        "text": ["x", None],
        "object": [{"a": 1}, [1]],
        "time": times,
        "zoned": times.tz_localize("UTC"),
        "city": times.tz_localize("Europe/Berlin"),
        "span": pandas.to_timedelta([1, 2]),
        "kind": pandas.Categorical(["a", "b"]),
        "nullable": pandas.array([1, None], dtype="Int64"),
        "maybe": pandas.array([True, None], dtype="boolean"),
        "real": pandas.array([1.5, None], dtype="Float64"),
        "string": pandas.array(["a", None], dtype="string"),
        "period": pandas.period_range("2024", "2025", freq="Y"),
        "interval": pandas.arrays.IntervalArray.from_breaks([0, 1, 2]),
        "sparse": pandas.array([1, 0], dtype=pandas.SparseDtype(int)),
    }
    return [
        *(pandas.DataFrame({name: column}) for name, column in everything.items()),
        pandas.DataFrame(everything),
        pandas.DataFrame({"a": [1, 2]}, index=times),
        pandas.DataFrame({"a": [1]}, index=pandas.MultiIndex.from_tuples([(1, "a")], names=["x", "y"])),
        pandas.DataFrame({"a": [1, 2]}, index=pandas.Index(["x", "y"], name="n")),
        pandas.DataFrame(),
    ]


def test_they_come_back_as_they_were() -> None:
    for frame in frames():
        found = deserialize(serialize(frame), Any)
        pandas.testing.assert_frame_equal(found, frame)
        stored = stored_type(pandas.DataFrame)
        pandas.testing.assert_frame_equal(stored.read(stored.write(frame)), frame)


def test_a_column_on_its_own() -> None:
    series = pandas.Series([1, 2], name="n")
    pandas.testing.assert_series_equal(deserialize(serialize(series), Any), series)
