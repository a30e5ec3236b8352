"""Components that declare different values for one target state: the target holds one of these, and nothing flips."""

from __future__ import annotations

import logging
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.testing import RecordingTarget

NAMES = ["a", "b", "c"]
KEYS = st.integers(0, 2)

# What one component declares, itself or by memoized calls, by key; whether it fails.
CLAIMS = st.tuples(st.dictionaries(KEYS, st.integers(0, 2), max_size=3), st.booleans(), st.integers(0, 7))
STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), CLAIMS, max_size=3), st.frozensets(KEYS, max_size=1), st.integers(0, 9)
    ),
    min_size=1,
    max_size=6,
)


class Program:
    """An app of components that declare what each step says."""

    def __init__(self, folder: pathlib.Path, *, memo: bool) -> None:
        self.target = RecordingTarget("stress/disagree")
        self.step: dict[str, tuple[dict[int, int], bool, int]] = {}
        target = self.target

        @coco.fn(memo=True)
        def call(key: int, value: int) -> None:
            target.declare(key, value)

        @coco.fn(memo=memo)
        async def component(claims: dict[int, int], in_calls: bool, fails: int) -> None:
            for key, value in claims.items():
                if in_calls:
                    call(key, value)
                else:
                    target.declare(key, value)
            if fails == 0:
                raise ValueError("told to fail")

        @coco.fn
        async def main() -> None:
            for name, (claims, in_calls, fails) in self.step.items():
                await coco.mount(coco.component_subpath(name), component, claims, in_calls, fails)

        self.env = coco.Environment(coco.Settings(db_path=folder))
        self.app = coco.App(coco.AppConfig("disagree", environment=self.env), main)

    def update(self, step: dict[str, Any], bad: frozenset[int] = frozenset(), *, full: bool = False) -> None:
        self.step = step
        self.target.fail_keys = set(bad)
        self.target.take()
        self.app.update_blocking(full_reprocess=full)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS, st.booleans())
def test_the_target_holds_what_one_of_them_declares(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], memo: bool
) -> None:
    folder = tmp_path_factory.mktemp("history")
    program = Program(folder, memo=memo)
    try:
        for step, bad, full in steps:
            program.update(step, bad, full=full == 0)
        last = {name: (claims, in_calls, 1) for name, (claims, in_calls, _) in steps[-1][0].items()}
        program.update(last)
        declared: dict[int, set[int]] = {}
        for claims, _, _ in last.values():
            for key, value in claims.items():
                declared.setdefault(key, set()).add(value)
        held = dict(program.target.data)
        assert held.keys() == declared.keys()
        assert all(held[key] in values for key, values in declared.items())
        for _ in range(2):
            program.update(last)
            assert program.target.actions == []
        # One after the other goes: what is left is what the others declare.
        for name in list(last):
            del last[name]
            program.update(last)
            values = [claims for claims, _, _ in last.values()]
            assert program.target.data.keys() == {key for claims in values for key in claims}
            assert all(any(claims.get(key) == value for claims in values) for key, value in program.target.data.items())
        assert program.target.data == {}
    finally:
        program.env.close()
        shutil.rmtree(folder, ignore_errors=True)
