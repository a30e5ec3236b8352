"""An exception comes back from another process as it was, whatever arguments its class takes."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import pytest

from cocoindex import errors

workload: Any = importlib.import_module("odd_errors")  # found on the path that conftest.py adds


def parts(error: BaseException) -> Any:
    """What there is of an exception, but for the note on where it was raised."""
    attributes = {name: value for name, value in vars(error).items() if name != "__notes__"}
    if not isinstance(error, BaseExceptionGroup):
        system = [getattr(error, name, None) for name in ("errno", "strerror", "filename", "object", "reason")]
        return type(error), error.args, attributes, system
    return type(error), error.message, attributes, [parts(each) for each in error.exceptions]


@pytest.mark.parametrize("name", workload.MAKERS)
def test_class_arguments_and_attributes_are_those_of_the_function(name: str) -> None:
    wanted = workload.MAKERS[name]()
    with pytest.raises(type(wanted)) as caught:
        asyncio.run(workload.fail(name))
    assert parts(caught.value) == parts(wanted)
    notes = caught.value.__notes__
    assert notes[:-1] == getattr(wanted, "__notes__", []) and notes[-1].startswith("In a worker process")


def test_one_that_holds_what_cannot_travel_is_told_by_its_text() -> None:
    with pytest.raises(errors.RemoteCallError, match="fail_with_lock raised HoldsLock: locked, which cannot be pick"):
        asyncio.run(workload.fail_with_lock())
