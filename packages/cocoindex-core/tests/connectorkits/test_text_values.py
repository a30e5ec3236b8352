"""Values become the one text that a typed column stores, or are refused with the reason."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from collections import namedtuple
from typing import Any

import pytest

from cocoindex.connectorkits import text_values as texts

UTC, EAST = datetime.UTC, datetime.timezone(datetime.timedelta(hours=2))
MOMENT = datetime.datetime(2024, 1, 2, 3, 4, 5, 600_000)
ONE = uuid.UUID(int=1)
Point = namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("encode", "value", "stored"),
    [
        (texts.boolean(), True, "true"),
        (texts.integer("TINYINT", 8), -128, "-128"),
        (texts.integer("UTINYINT", 8, signed=False), 255, "255"),
        (texts.integer("BOTH", 8), True, "1"),
        (texts.floating(64), 1, "1.0"),
        (texts.floating(64), float("nan"), "nan"),
        (texts.floating(32), 0.1, "0.10000000149011612"),
        (texts.decimal(5, 2), decimal.Decimal("-0"), "0.00"),
        (texts.decimal(5, 2), 1.1, "1.10"),
        (texts.decimal(38, 9), 7, "7.000000000"),
        (texts.text(), Color.RED, "red"),
        (texts.text(), pathlib.PurePosixPath("a/b"), "a/b"),
        (texts.member(["red"]), Color.RED, "red"),
        (texts.hexadecimal(), memoryview(b"\0\xff"), "00ff"),
        (texts.uuid(), str(ONE).upper(), str(ONE)),
        (texts.date(), datetime.date(2024, 1, 2), "2024-01-02"),
        (texts.time(zoned=True), datetime.time(1, tzinfo=UTC), "01:00:00+00:00"),
        (texts.timestamp("T", step=1000), MOMENT, "2024-01-02T03:04:05.600000"),
        (texts.timestamp("T", zoned=True), MOMENT.replace(tzinfo=EAST), "2024-01-02T01:04:05.600000+00:00"),
        (texts.interval(), datetime.timedelta(1, 2, 3), "1 days 2 seconds 3 microseconds"),
        (texts.items(texts.integer("I", 32)), (1, None), ["1", None]),
        (texts.mapping(texts.text(), texts.boolean()), {"a": None, "b": False}, {"a": None, "b": "false"}),
        (texts.fields({"x": texts.text(), "y": texts.text()}), {"x": "é"}, {"x": "é", "y": None}),
        (texts.fields({"x": texts.integer("I", 8)}), Point(1, 2), {"x": "1"}),
        (texts.as_json(texts.items(texts.text())), ["é"], '["é"]'),
        (texts.as_json(texts.items(texts.items(texts.text()))), [None, ["a"]], '[null, ["a"]]'),
    ],
)
def test_stored(encode: texts.Encoder, value: Any, stored: Any) -> None:
    assert encode(value) == stored


@pytest.mark.parametrize(
    ("encode", "value", "why"),
    [
        (texts.boolean(), 1, "True or False, not 1"),
        (texts.integer("TINYINT", 8), 128, "128 does not fit into TINYINT, which goes from -128 to 127"),
        (texts.integer("U", 8, signed=False), -1, "goes from 0 to 255"),
        (texts.integer("I", 8), "1", "an int, not '1'"),
        (texts.floating(64), 2**53 + 1, "more digits than the column can store"),
        (texts.floating(32), 1e39, "too large"),
        (texts.decimal(5, 2), decimal.Decimal("1.001"), r"does not fit into DECIMAL\(5, 2\)"),
        (texts.decimal(5, 2), 1000, r"does not fit into DECIMAL\(5, 2\)"),
        (texts.decimal(5, 2), decimal.Decimal("NaN"), "does not fit into DECIMAL"),
        (texts.member(["red"]), "blue", "'blue' is not one of 'red'"),
        (texts.uuid(), "x", "badly formed"),
        (texts.date(), MOMENT, "a date without a time"),
        (texts.time(), datetime.time(1, tzinfo=UTC), "has a time zone"),
        (texts.timestamp("T", zoned=True), MOMENT, "has no time zone; give the column a type of timestamps without"),
        (texts.timestamp("SECONDS", step=1_000_000), MOMENT, "more digits than SECONDS keeps"),
        (texts.items(texts.text()), "ab", "a list, not 'ab'"),
        (texts.items(texts.text(), 2), ["a"], "it has 1 elements, but 2 are declared"),
        (texts.fields({"x": texts.text()}), {"z": 1}, "the struct has no field 'z'"),
    ],
)
def test_refused(encode: texts.Encoder, value: Any, why: str) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError), match=why):
        encode(value)


def test_numpy_scalars_count_as_what_they_hold() -> None:
    import numpy as np

    assert texts.STANDARD["smallint"](np.int64(7)) == "7"
    assert texts.items(texts.floating(32), 2)(np.array([1, 2], np.float32)) == ["1.0", "2.0"]
