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
    "given",
    [
        {"gpus": -1},
        {"cpus": float("nan")},
        {"memory": "4 apples"},
        {"memory": ""},
        {"memory": "-1GB"},
        {"gpus": float("inf")},
    ],
)
def test_amounts_that_cannot_be_are_refused(given: Any) -> None:
    with pytest.raises(errors.FunctionDefinitionError):
        coco.fn.as_async(resources=given)


@pytest.mark.parametrize(
    ("name", "right"), [("gpu", "gpus"), ("num_gpus", "gpus"), ("CPU", "cpus"), ("Memory", "memory"), ("ram", "memory")]
)
def test_names_of_other_systems_are_refused_with_the_right_one(name: str, right: str) -> None:
    with pytest.raises(errors.FunctionDefinitionError, match=f"'{name}' in resources is called '{right}' here"):
        coco.fn.as_async(resources={name: 1})


def test_runners_check_resources_of_their_own_by_the_same_rules() -> None:
    assert coco.Runner.checked_resources({"memory": "4GB", "cpus": 2}) == {"memory": 4_000_000_000, "cpus": 2}
    assert coco.Runner.checked_resources(None) == {}
    with pytest.raises(errors.RunnerError, match=r"^resources of a runner: '4 apples' is not an amount of memory"):
        coco.Runner.checked_resources({"memory": "4 apples"})
    with pytest.raises(errors.RunnerError, match="'gpu' in resources is called 'gpus'"):
        coco.Runner.checked_resources({"gpu": 1})
