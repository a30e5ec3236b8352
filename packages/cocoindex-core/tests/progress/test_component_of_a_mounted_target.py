"""The component that declares a mounted target is called by the function that users called: mount_target."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingContainers


def test_counts_reports_and_what_is_stored_name_it(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    boxes = RecordingContainers()

    @coco.fn
    async def main() -> None:
        await coco.mount_target(boxes.provider.target_state("box", 1))

    async def run() -> tuple[set[str], list[str]]:
        app = make_app(main)
        handle = app.update(report_to_stdout=True)
        await handle
        return set(handle.stats().by_component), [
            detail.processor_name async for detail in inspect.iter_stable_path_details(app)
        ]

    counted, stored = asyncio.run(run())
    assert counted == {"mount_target", main.__qualname__}
    assert "mount_target" in stored
    assert "declare_target_state_with_child" not in capsys.readouterr().out
