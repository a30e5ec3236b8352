"""A failure in the log has the traceback through the user's code, and nothing of the framework's own frames."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

import cocoindex as coco


def fails(make_app: Any, body: Any) -> None:
    async def main() -> None:
        await coco.mount(coco.component_subpath("child"), body)

    make_app(main).update_blocking()


def frames(text: str) -> list[str]:
    """The functions of the traceback, outermost first."""
    return [line.rpartition(" in ")[2] for line in text.splitlines() if 'File "' in line]


def test_of_the_users_code_all_frames_are_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def parse(text: str) -> int:
        return int(text)

    @coco.fn(memo=True)
    async def call() -> int:
        return parse("no number")

    @coco.fn
    async def body() -> None:
        await call()

    fails(make_app, body)
    assert frames(caplog.text) == ["body", "call", "parse"]
    assert caplog.text.count("Traceback (most recent call last):") == 1
    assert "    return int(text)\n" in caplog.text
    (record,) = caplog.records
    assert record.exc_info is not None and record.exc_info[0] is ValueError
    assert frames("".join(traceback.format_exception(*record.exc_info))) == ["body", "call", "parse"]


def test_of_a_refused_call_the_line_that_made_it_is_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def body() -> None:
        coco.declare_target_state("no target state")  # type: ignore[arg-type]

    fails(make_app, body)
    assert frames(caplog.text) == ["body"]


def test_a_cause_in_the_users_code_is_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def inner() -> None:
        raise KeyError("inner")

    @coco.fn
    async def body() -> None:
        try:
            inner()
        except KeyError as error:
            raise RuntimeError("outer") from error

    fails(make_app, body)
    assert frames(caplog.text) == ["body", "inner", "body"]
    assert "KeyError: 'inner'\n\nThe above exception was the direct cause" in caplog.text


def test_of_each_exception_of_a_group_the_frames_are_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def fail(number: int) -> Exception:
        try:
            raise ValueError(number)
        except ValueError as error:
            return error

    @coco.fn
    async def body() -> None:
        raise ExceptionGroup("several", [fail(1), fail(2)])

    fails(make_app, body)
    assert frames(caplog.text) == ["body", "fail", "fail"]
    assert "ExceptionGroup: several (2 sub-exceptions): ValueError: 1; ValueError: 2\n" in caplog.text


def test_of_one_that_cannot_be_formatted_the_frames_are_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    class HidesWhatIsInItGroup(ExceptionGroup[ValueError]):
        @property
        def exceptions(self) -> Any:
            raise RuntimeError("hidden")

    @coco.fn
    async def body() -> None:
        raise HidesWhatIsInItGroup("several", [ValueError(1)])

    fails(make_app, body)
    assert frames(caplog.text) == ["body"]
    assert "several (1 sub-exception): ValueError: 1\n" in caplog.text


def test_of_a_sink_of_the_users_the_frames_are_there(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def write(context: Any, actions: Any) -> None:
        raise OSError("the server is away")

    class Handler:
        def reconcile(self, key: Any, desired: Any, prev: Any, may_be_missing: Any, /) -> Any:
            return coco.TargetReconcileOutput(key, coco.TargetActionSink.from_fn(write), "record")

    provider = coco.register_root_target_states_provider("tests/tracebacks", Handler())

    @coco.fn
    async def body() -> None:
        coco.declare_target_state(provider.target_state("key", 1))

    fails(make_app, body)
    assert frames(caplog.text) == ["write"]
