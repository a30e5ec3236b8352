"""A lowest bound below what can be installed on a Python is found, by whom it is asked for and what can be had."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.version import Version

from matrix.bounds import too_low

NEEDS = [
    ("one", Requirement("regex>=2023.8.8")),
    ("one", Requirement("numpy>=1.26; python_version < '3.13'")),
    ("one", Requirement("numpy>=2.1; python_version >= '3.13'")),
    ("two", Requirement("msgspec>=0.18")),
    ("three", Requirement("msgspec>=0.19,<1")),
    ("three", Requirement("click")),
]


def resolved(**versions: str) -> dict[str, Version]:
    """Return these versions, and else the bounds."""
    names = {"regex": "2023.8.8", "numpy": "1.26", "msgspec": "0.19.0", "click": "7.0"} | versions
    return {name: Version(version) for name, version in names.items()}


def test_bounds_that_can_be_had() -> None:
    assert too_low(NEEDS, resolved(), "3.12") == []
    assert too_low(NEEDS, resolved(numpy="2.1.0"), "3.13") == []


def test_a_bound_that_has_no_wheel_there() -> None:
    [fault] = too_low(NEEDS, resolved(regex="2024.9.11", numpy="2.1"), "3.13t")
    assert fault == ("one", NEEDS[0][1], Version("2024.9.11"))


def test_bounds_of_another_python_do_not_count() -> None:
    assert [fault[1] for fault in too_low(NEEDS, resolved(numpy="2.1"), "3.12")] == [NEEDS[1][1]]


def test_all_who_ask_for_it_are_told() -> None:
    assert [fault[0] for fault in too_low(NEEDS, resolved(msgspec="0.20"), "3.11")] == ["two", "three"]
