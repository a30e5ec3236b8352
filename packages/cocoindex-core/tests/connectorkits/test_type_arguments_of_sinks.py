"""`TargetActionSink[Action]` names the type of the actions; a second argument, as older programs give it, warns."""

from __future__ import annotations

import warnings

import pytest

import cocoindex as coco


def test_one_argument_is_right() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert coco.TargetActionSink[int].from_fn(print)._fn is print


def test_a_second_one_warns_where_it_is_written() -> None:
    with pytest.warns(DeprecationWarning, match="takes one type argument") as caught:
        sink = coco.TargetActionSink[int, str]
    assert [warning.filename for warning in caught] == [__file__]
    assert sink.from_fn(print)._fn is print
