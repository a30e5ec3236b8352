"""A handler with `tracks_value_fingerprint` is asked about all but plain values that have not changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_object

PLAIN = {"none": None, "flag": True, "number": 1, "share": 0.5, "data": b"x", "list": [1, ("a", {"b": []})]}


@dataclass(frozen=True)
class Row:
    """A value that is not plain."""

    number: int


class Values:
    """Remembers the fingerprints of values; notes which keys it is asked about."""

    tracks_value_fingerprint = True

    def __init__(self) -> None:
        self.asked: list[coco.StableKey] = []
        self.fails = False
        self._sink = coco.TargetActionSink.from_fn(self._apply, child_handler=lambda context, action: Values())

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Any,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Any, bytes, Any] | None:
        """Compare fingerprints, as one has to where it is not plain."""
        self.asked.append(key)
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        record = fingerprint_object(desired)
        if key != "container" and not prev_may_be_missing and all(each == record for each in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, record)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        if self.fails:
            raise RuntimeError("no")


class Program:
    """An app that declares `values`."""

    def __init__(self, environment: coco.Environment) -> None:
        self.values: dict[str, Any] = {}
        self.handler = Values()
        self.provider = coco.register_root_target_states_provider("test/tracked", self.handler)
        self.app: coco.App[[], None] = coco.App(coco.AppConfig("tracked", environment=environment), self.main)

    def main(self) -> None:
        """Declare the values, and a container."""
        for key, value in self.values.items():
            coco.declare_target_state(self.provider.target_state(key, value))
        coco.declare_target_state_with_child(self.provider.target_state("container", 1))

    def asked(self, update: Callable[..., Any], **options: bool) -> set[coco.StableKey]:
        """Update; return the keys that the handler was asked about, but for the container."""
        self.handler.asked = []
        update(**options)
        assert "container" in self.handler.asked
        return {*self.handler.asked} - {"container"}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The app, updated with a plain and another value."""
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    program = Program(environment)
    program.values = {"plain": PLAIN, "other": Row(1)}
    assert program.asked(program.app.update_blocking) == {"plain", "other"}
    yield program
    environment.close()


def test_unchanged_plain_values_are_not_asked_about(program: Program) -> None:
    assert program.asked(program.app.update_blocking) == {"other"}
    assert program.asked(program.app.update_blocking) == {"other"}


@pytest.mark.parametrize("changed", [{**PLAIN, "number": 2}, {**PLAIN, "flag": 1}, {**PLAIN, "list": [1, ["a"]]}, None])
def test_changed_values_are(program: Program, changed: object) -> None:
    program.values["plain"] = changed
    assert program.asked(program.app.update_blocking) == {"plain", "other"}
    assert program.asked(program.app.update_blocking) == {"other"}


def test_new_and_removed_ones_are(program: Program) -> None:
    program.values = {"new": 1, "other": Row(1)}
    assert program.asked(program.app.update_blocking) == {"plain", "new", "other"}


def test_all_are_with_full_reprocess(program: Program) -> None:
    assert program.asked(program.app.update_blocking, full_reprocess=True) == {"plain", "other"}


def test_one_that_may_be_missing_is(program: Program) -> None:
    program.values["plain"], program.handler.fails = 2, True
    with pytest.raises(RuntimeError):
        program.app.update_blocking()
    program.values["plain"], program.handler.fails = PLAIN, False
    assert program.asked(program.app.update_blocking) == {"plain", "other"}
    assert program.asked(program.app.update_blocking) == {"other"}
