"""What fails in a preview is told as in an update; the actions of the other components are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingTarget

if TYPE_CHECKING:
    from tests.preview.conftest import Program as ProgramType


def test_a_component_that_fails(make: Callable[..., ProgramType], caplog: pytest.LogCaptureFixture) -> None:
    program = make()
    program.values = {"good": 1, "bad": -1}
    assert program.app.update_blocking(preview=True) == [RecordedAction("upsert", 1, 1)]
    assert "negative" in caplog.text


def test_a_main_function_that_fails(environment: coco.Environment) -> None:
    target = RecordingTarget()

    @coco.fn
    def main() -> None:
        target.declare("key", 1)
        raise ValueError("cannot go on")

    app = coco.App(coco.AppConfig("failing", environment=environment), main)
    with pytest.raises(ValueError, match="cannot go on"):
        app.update_blocking(preview=True)


def test_a_handler_that_fails(environment: coco.Environment) -> None:
    class Handler:
        def reconcile(self, key: object, desired: object, prev: object, may_be_missing: bool, /) -> None:
            raise ValueError("no plan")

    provider = coco.register_root_target_states_provider("test/preview/no-plan", Handler())

    @coco.fn
    def main() -> None:
        coco.declare_target_state(provider.target_state("key", 1))

    app = coco.App(coco.AppConfig("failing", environment=environment), main)
    with pytest.raises(ValueError, match="no plan"):
        app.update_blocking(preview=True)
