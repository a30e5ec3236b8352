"""Values that are nested very deep are used, or refused by an error that says so: never a RecursionError."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CocoIndexError

Make = Callable[..., coco.App[Any, Any]]


@dataclasses.dataclass
class Node:
    child: Node | None = None


FORMS: dict[str, Callable[[Any], Any]] = {
    "list": lambda value: [value],
    "tuple": lambda value: (value,),
    "dict": lambda value: {"k": value},
    "keys": lambda value: {1: value},
    "node": lambda value: Node(value),
}


class Handler:
    tracks_value_fingerprint = True

    def reconcile(self, key: Any, desired: Any, previous: Any, may_be_missing: bool, /) -> Any:
        return coco.TargetReconcileOutput(key, sink, coco.NON_EXISTENCE if coco.is_non_existence(desired) else desired)


sink: Any = coco.TargetActionSink.from_fn(lambda context, actions: None)
states = coco.register_root_target_states_provider("deep_values", Handler())


@coco.fn(memo=True)
def taking(x: Any) -> int:
    return 1


@pytest.mark.parametrize("depth", [100, 450, 10_000])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["argument", "result", "value", "state"])
def test_it_works_or_is_refused(make_app: Make, depth: int, form: str, place: str) -> None:
    value: Any = None
    for _ in range(depth):
        value = FORMS[form](value)

    @coco.fn(memo=True)
    def giving() -> Any:
        return value

    giving.fn.__annotations__["return"] = Node if form == "node" else object

    async def main() -> None:
        if place == "argument":
            taking(value)
        elif place == "result":
            giving()
        elif place == "value":
            coco.declare_target_state(states.target_state("key", value))
        else:
            coco.use_state("key").value = value

    app = make_app(main)
    for _ in range(2):
        try:
            app.update_blocking()
        except CocoIndexError as error:
            assert depth > 100
            assert "deep" in str(error) or "depth" in str(error)
