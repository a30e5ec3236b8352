"""A check is skipped where its capability is not claimed, and a new one warns before it fails."""

from __future__ import annotations

import importlib.metadata
import re
import unittest
import warnings
from pathlib import Path
from typing import Any

import pytest

from cocoindex.errors import ConnectorKitError
from cocoindex.testing import Capability, LeafTargetDriver, Outcome, TargetDriver, TargetSuite, run_suite
from cocoindex.testing.check import check
from cocoindex.testing.report import SuiteReport, as_page


class Plain(TargetDriver[str, int]):
    """Claims nothing besides items."""

    values = (1, 2, 3)
    odd_keys = ()

    async def mount(self, container: str) -> str:
        return container

    def declare(self, handle: str, key: Any, value: int) -> None:
        """Do nothing."""

    def contents(self, container: str) -> dict[Any, int]:
        return {}


class Leaf(LeafTargetDriver[int]):
    values = (1, 2, 3)

    def declare_item(self, key: Any, value: int) -> None:
        """Do nothing."""

    def items(self) -> dict[Any, int]:
        return {"box1-a": 1, "box1-b-c": 2, "box11-a": 3, "other": 4}


class Claiming(Plain):
    refused = ("bad", -1)
    changes = (("wider", None),)

    def put_by_hand(self, container: str, key: Any, value: int) -> None:
        """Claimed by being here."""

    async def mount_of_user(self, container: str) -> str:
        return container


class Suite:
    @check(Capability.ITEMS)
    def test_old(self, driver: Any, tmp_path: Path) -> None:
        raise AssertionError("old and bad")

    @check(Capability.ITEMS, fails_from="0.2")
    def test_new(self, driver: Any, tmp_path: Path) -> None:
        raise AssertionError("new and bad")

    @check(Capability.ATTACHMENTS)
    def test_not_claimed(self, driver: Any, tmp_path: Path) -> None:
        raise AssertionError("not to be run")


def claimed(driver: Any) -> set[str]:
    """What the driver of a target claims, besides what every connector has."""
    members = [each for each in Capability if each.member and hasattr(driver, each.member)]
    return {each.name for each in members if each.is_claimed(driver)}


def test_what_is_not_given_is_not_claimed() -> None:
    assert claimed(Plain()) == {"CONTAINERS"}


def test_what_is_given_is_claimed() -> None:
    more = {"REFUSED_ITEMS", "SCHEMA_CHANGES", "ITEMS_OF_OTHERS", "MANAGED_BY_USER"}
    assert claimed(Claiming()) == {"CONTAINERS"} | more


def test_a_leaf_claims_no_containers() -> None:
    assert claimed(Leaf()) == {"ODD_KEYS"}


def test_containers_of_a_leaf_are_parts_of_its_keys() -> None:
    assert Leaf().contents("box1") == {"a": 1, "b-c": 2}


def test_a_check_that_is_not_claimed_is_skipped(tmp_path: Path) -> None:
    suite = Suite()
    with pytest.raises(unittest.SkipTest, match="not claimed: the driver does not define `attachments`"):
        suite.test_not_claimed(driver=Plain(), tmp_path=tmp_path)


def test_a_new_check_warns_also_where_warnings_are_errors(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("error")
        Suite().test_new(driver=Plain(), tmp_path=tmp_path)
    [warning] = told
    assert "test_new fails, which is an error from cocoindex-core 0.2 on" in str(warning.message)
    assert "new and bad" in str(warning.message)


def test_a_driver_of_the_new_version_fails(tmp_path: Path) -> None:
    driver = Plain()
    driver.suite_version = "0.2"  # type: ignore[misc]
    with pytest.raises(AssertionError, match="new and bad"):
        Suite().test_new(driver=driver, tmp_path=tmp_path)


def test_a_later_core_fails_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.3.1")
    with pytest.raises(AssertionError, match="new and bad"):
        Suite().test_new(driver=Plain(), tmp_path=tmp_path)


def test_a_version_that_is_none_is_told(tmp_path: Path) -> None:
    driver = Plain()
    driver.suite_version = "new"  # type: ignore[misc]
    with pytest.raises(ConnectorKitError, match="suite_version of a driver is a version"):
        Suite().test_new(driver=driver, tmp_path=tmp_path)


def test_without_pytest() -> None:
    with pytest.warns(FutureWarning):
        report = run_suite(Suite, lambda folder: Plain())
    outcomes = {result.name: result.outcome for result in report.results}
    assert outcomes == {
        "test_new": Outcome.WARNED,
        "test_not_claimed": Outcome.SKIPPED,
        "test_old": Outcome.FAILED,
    }
    assert [result.reason for result in report.failures] == ["AssertionError: old and bad"]
    assert (report.suite, report.driver, report.about) == ("Suite", "Plain", "Claims nothing besides items")


def test_one_check_without_pytest() -> None:
    report = run_suite(TargetSuite, lambda folder: Plain(), "test_items_are_created")
    assert [(result.name, result.outcome) for result in report.results] == [("test_items_are_created", "failed")]


def test_a_page_has_connectors_in_the_order_of_their_names() -> None:
    reports = [SuiteReport(name, "Suite", "Driver", "", "0.2", []) for name in ("b", "c", "a")]
    assert re.findall("^## (.)", as_page(reports), re.MULTILINE) == ["a", "b", "c"]
