"""What a memoized call declared stays in the target as a hit carries it, also where another component took it over."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class Two:
    """An app of components that call a memoized function, or declare themselves; `wanted` says which."""

    def __init__(self, make_app: Any, *, memo: bool) -> None:
        self.target = target = RecordingTarget()
        self.wanted: dict[str, Any] = {}

        @coco.fn(memo=True)
        def call(value: Any) -> None:
            target.declare("x", value)

        @coco.fn(memo=True)
        def outer(value: Any) -> None:
            call(value)

        @coco.fn(memo=memo)
        async def component(how: str, value: Any, salt: int) -> None:
            if how == "call":
                call(value)
            elif how == "nested":
                outer(value)
            elif how == "declare":
                target.declare("x", value)

        @coco.fn(memo=memo)
        async def parent(how: str, value: Any, salt: int) -> None:
            await coco.mount(coco.component_subpath("below"), component, how, value, salt)

        @coco.fn
        async def main() -> None:
            for name, (how, value, salt) in self.wanted.items():
                at = coco.component_subpath(name)
                await coco.mount(at, parent if name.isupper() else component, how, value, salt)

        self.app = make_app(main)

    def update(self, **wanted: tuple[str, Any, int]) -> dict[Any, Any]:
        self.wanted = wanted
        self.app.update_blocking()
        return self.target.data


@pytest.fixture(params=[False, True], ids=["plain", "memoized"])
def two(make_app: Any, request: pytest.FixtureRequest) -> Two:
    return Two(make_app, memo=request.param)


HOW = pytest.mark.parametrize("how", ["call", "nested", "declare"])
NAMES = pytest.mark.parametrize(("p", "q"), [("p", "q"), ("q", "p"), ("P", "q"), ("Q", "p"), ("P", "Q")])


@HOW
@NAMES
def test_it_comes_back_when_who_took_it_over_goes(two: Two, how: str, p: str, q: str) -> None:
    assert two.update(**{p: (how, "of p", 0)}) == {"x": "of p"}
    assert two.update(**{p: (how, "of p", 0), q: ("declare", "of q", 0)}) == {"x": "of q"}
    assert two.update(**{p: (how, "of p", 1)}) == {"x": "of p"}
    assert two.update(**{p: (how, "of p", 1)}) == {"x": "of p"}
    assert two.update(**{p: (how, "of p", 2)}) == {"x": "of p"}
    assert two.update() == {}


@HOW
@NAMES
def test_who_took_it_over_keeps_it(two: Two, how: str, p: str, q: str) -> None:
    two.update(**{p: (how, "of p", 0)})
    two.update(**{p: (how, "of p", 1), q: ("call", "of q", 0)})
    for salt in range(3):
        assert two.update(**{p: ("nothing", None, 0), q: ("call", "of q", salt)}) == {"x": "of q"}
    assert two.update(**{q: ("call", "of q", 3)}) == {"x": "of q"}
    assert two.update() == {}


@HOW
@NAMES
def test_it_moves_there_and_back(two: Two, how: str, p: str, q: str) -> None:
    for salt in range(3):
        assert two.update(**{p: (how, 1, salt), q: ("nothing", None, 0)}) == {"x": 1}
        assert two.update(**{p: ("nothing", None, 0), q: (how, 1, salt)}) == {"x": 1}
    assert two.update() == {}


@HOW
def test_a_failed_takeover_is_mended(two: Two, how: str) -> None:
    two.update(p=(how, "of p", 0))
    two.target.fail_keys = {"x"}
    two.update(p=(how, "of p", 0), q=("call", "of q", 0))
    two.target.fail_keys = set()
    assert two.update(p=(how, "of p", 0)) == {"x": "of p"}
    assert two.update(p=(how, "of p", 1)) == {"x": "of p"}
