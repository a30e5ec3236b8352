"""`resources=`: what one call needs, as runners that place calls get it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

pytestmark = pytest.mark.anyio


class Placing(coco.Runner):
    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        return fn.resources  # type: ignore[attr-defined]  # of the body of a marked function


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (None, {}),
        ({"gpus": 1, "cpus": 0.5}, {"gpus": 1, "cpus": 0.5}),
        ({"memory": "4GB"}, {"memory": 4_000_000_000}),
        ({"memory": "1.5 GiB"}, {"memory": 1_610_612_736}),
        ({"memory": 100}, {"memory": 100}),
        ({"memory": "512 mb", "tpus": 2}, {"memory": 512_000_000, "tpus": 2}),
    ],
)
async def test_the_runner_gets_amounts(given: Any, got: Any) -> None:
    @coco.fn.as_async(runner=Placing(), resources=given)
    def work() -> Any: ...

    assert await work() == got


@pytest.mark.parametrize("given", [["gpus"], {1: 2}, {"gpus": "1"}, {"gpus": True}, {"memory": None}, {"memory": []}])
def test_wrong_types_are_refused(given: Any) -> None:
    with pytest.raises(errors.FunctionDefinitionTypeError):
        coco.fn.as_async(resources=given)


@pytest.mark.parametrize(
    "given", [{"gpus": -1}, {"cpus": float("nan")}, {"memory": "4 apples"}, {"memory": ""}, {"memory": "-1GB"}]
)
def test_amounts_that_cannot_be_are_refused(given: Any) -> None:
    with pytest.raises(errors.FunctionDefinitionError):
        coco.fn.as_async(resources=given)
