"""Where the sink of a container says only when it is applied how its children are handled, a preview says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import PreviewError


class Containers:
    """Containers whose sink gives the handler of the children when it is applied."""

    def __init__(self) -> None:
        self.applied: list[Any] = []
        self._sink = coco.TargetActionSink.from_fn_with_children(self._apply)

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Any,
        prev_possible_records: Collection[Any],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Any, Any, Any]:
        """Give an action in every run."""
        record = coco.NON_EXISTENCE if coco.is_non_existence(desired) else 1
        return coco.TargetReconcileOutput((key, desired), self._sink, record)

    def _apply(
        self, context: coco.ContextProvider, actions: Sequence[Any], slots: Mapping[int, coco.ChildSlot[Any]]
    ) -> None:
        self.applied += actions
        for slot in slots.values():
            slot.fulfill(self)


HANDLER = Containers()
PROVIDER = coco.register_root_target_states_provider("test/preview/slots", HANDLER)


@coco.fn
async def keep() -> None:
    """Declare a container and what is in it."""
    inside = await coco.mount_target(PROVIDER.target_state("outer", 1))
    coco.declare_target_state(inside.target_state("inner", 1))


@coco.fn
async def keep_in_background() -> None:
    """Have it done by a component whose failure does not fail the update."""
    await coco.mount(coco.component_subpath("keep"), keep)


@pytest.mark.parametrize("main", [keep, keep_in_background])
def test_it_is_one_error(main: Any, environment: coco.Environment, caplog: pytest.LogCaptureFixture) -> None:
    app = coco.App(coco.AppConfig("slots", environment=environment), main)
    with pytest.raises(PreviewError, match=r'/@test/preview/slots/"outer".*child_handler=') as raised:
        app.update_blocking(preview=True)
    assert isinstance(raised.value, ValueError)
    assert HANDLER.applied == []


def test_a_container_without_children_needs_none(environment: coco.Environment) -> None:
    @coco.fn
    def main() -> None:
        coco.declare_target_state(PROVIDER.target_state("alone", 1))

    app = coco.App(coco.AppConfig("alone", environment=environment), main)
    assert app.update_blocking(preview=True) == [("alone", 1)]
