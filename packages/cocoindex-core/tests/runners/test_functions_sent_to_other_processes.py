"""A marked function that a component sends to a process of its own making is told in the log: once, by its name."""

from __future__ import annotations

import importlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

workload: Any = importlib.import_module("gpu_workload")  # found on the path that conftest.py adds


def test_it_is_told_once(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def main() -> Any:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return [pool.submit(workload.increment, number).result() for number in range(2)]

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == [1, 2]
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith("gpu_workload.increment, which @coco.fn marks, is sent to another process")


@pytest.mark.usefixtures("in_subprocess")
def test_the_subprocess_of_a_gpu_is_not_told_as_it_says_what_it_reached(
    make_app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> Any:
        return await workload.apply(workload.increment, 1)

    assert make_app(main).update_blocking() == 2
    assert caplog.records == []
