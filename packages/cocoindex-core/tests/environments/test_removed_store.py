"""A store that is removed while it is open is told at the next update, and begins anew after a stop."""

from __future__ import annotations

import pathlib
import shutil

import pytest

import cocoindex as coco
from cocoindex.errors import StoreOpenError
from cocoindex.testing import RecordingTarget


def test_what_would_be_lost_is_not_written(tmp_path: pathlib.Path, default_env: None) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        target.declare("a", 1)

    app = coco.App("app", main)
    app.update_blocking()
    shutil.rmtree(tmp_path / "default")
    with pytest.raises(StoreOpenError, match=r"removed or replaced while it was open.*coco\.stop\(\)"):
        app.update_blocking()
    assert not (tmp_path / "default").exists()

    coco.stop_blocking()
    app.update_blocking()
    coco.stop_blocking()
    app.drop_blocking()
    assert target.data == {}
