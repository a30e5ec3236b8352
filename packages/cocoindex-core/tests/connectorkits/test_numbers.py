"""What counts as a number where a program gives one."""

from __future__ import annotations

import math

import pytest

from cocoindex.connectorkits import is_number, is_whole


@pytest.mark.parametrize("value", [True, False, "3", b"3", None, [3], math.nan, 3j])
def test_what_is_none(value: object) -> None:
    assert not is_number(value)
    assert not is_whole(value)


def test_what_is_one() -> None:
    assert all(map(is_number, [0, -1, 1.5, math.inf]))
    assert all(map(is_whole, [0, -1, 10**400]))
    assert not is_whole(1.0)
    assert not is_number(10**400)  # no float can hold it
