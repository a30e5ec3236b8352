"""Attachments may have attachments. A handler that is its own attachment is refused by a message that says so."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import TargetHandlerError
from cocoindex.testing import RecordingTarget


class Attached:
    """A handler with one attachment, which `give` returns."""

    def __init__(self, give: Any, handler: Any = None) -> None:
        self._give = give
        self._handler = RecordingTarget().provider.handler() if handler is None else handler

    def attachments(self) -> dict[str, Any]:
        return {"inner": self._give()}

    def reconcile(self, *args: Any) -> Any:
        return self._handler.reconcile(*args)


def its_own() -> Attached:
    found: Attached = Attached(lambda: found)
    return found


def two_in_a_circle() -> Attached:
    one: Attached = Attached(lambda: Attached(lambda: one))
    return one


def always_a_new_one() -> Attached:
    return Attached(always_a_new_one)


MAKERS = [its_own, two_in_a_circle, always_a_new_one]


@pytest.mark.parametrize("make", MAKERS)
def test_a_root_handler_is_refused(make: Any) -> None:
    with pytest.raises(TargetHandlerError, match=r"the handler of /@test/circle/@inner.* attachment"):
        coco.register_root_target_states_provider("test/circle", make())


@pytest.mark.parametrize("make", MAKERS)
def test_the_handler_of_a_container_is_refused(make_app: Any, make: Any) -> None:
    class Boxes:
        sink: coco.TargetActionSink[Any] = coco.TargetActionSink.from_fn(
            lambda context, actions: None, child_handler=lambda context, action: make()
        )

        def reconcile(self, key: Any, desired: Any, records: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput(key, self.sink, desired)

    boxes: Any = coco.register_root_target_states_provider("test/circles", Boxes())

    @coco.fn
    async def main() -> None:
        await coco.mount_target(boxes.target_state("box", 1))

    with pytest.raises(TargetHandlerError, match=r'the handler of /@test/circles/"box"/@inner.* attachment'):
        make_app(main).update_blocking()


def test_what_an_attachment_of_an_attachment_held_is_removed(make_app: Any) -> None:
    innermost = RecordingTarget()
    handler = Attached(lambda: Attached(lambda: innermost.provider.handler()))
    rows: Any = coco.register_root_target_states_provider("test/nested", handler)
    declared = [1]

    @coco.fn
    async def main() -> None:
        for key in declared:
            coco.declare_target_state(rows.attachment("inner").attachment("inner").target_state(key, "value"))

    app = make_app(main)
    app.update_blocking()
    assert innermost.data == {1: "value"}
    declared.clear()
    make_again = Attached(lambda: Attached(lambda: innermost.provider.handler()))  # as the module of a new process
    coco.register_root_target_states_provider("test/nested", make_again)
    app.update_blocking()
    assert innermost.data == {}
