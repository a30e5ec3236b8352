"""An environment that was forgotten without being closed keeps no files open once another one opens its store."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

import cocoindex as coco

MAPS = Path("/proc/self/maps")

pytestmark = pytest.mark.skipif(not MAPS.exists(), reason="the system does not tell which files are mapped")


@coco.fn
async def nothing() -> None:
    pass


def update(path: Path) -> coco.Environment:
    environment = coco.Environment(coco.Settings(db_path=path))
    coco.App(coco.AppConfig("app", environment=environment), nothing).update_blocking()
    return environment


def mapped(folder: Path) -> int:
    """How many databases below the folder are open in this process."""
    return len({line.split()[-1] for line in MAPS.read_text().splitlines() if f"{folder}/" in line and "data" in line})


def test_forgotten_ones_are_closed(tmp_path: Path) -> None:
    for number in range(5):
        update(tmp_path / str(number))
        gc.collect()
    assert mapped(tmp_path) == 1
    update(tmp_path / "last").close()
    assert mapped(tmp_path) == 0


def test_one_of_two_with_the_same_store_is_forgotten(tmp_path: Path) -> None:
    kept = update(tmp_path / "shared")
    update(tmp_path / "shared")
    gc.collect()
    update(tmp_path / "other").close()
    assert mapped(tmp_path) == 1
    coco.App(coco.AppConfig("second", environment=kept), nothing).update_blocking()
    kept.close()
    assert mapped(tmp_path) == 0


def test_one_that_was_closed_is_closed_once(tmp_path: Path) -> None:
    kept = update(tmp_path / "shared")
    closed = update(tmp_path / "shared")
    closed.close()
    del closed
    gc.collect()
    update(tmp_path / "other").close()
    coco.App(coco.AppConfig("second", environment=kept), nothing).update_blocking()
    kept.close()
