"""Names of all kinds are told as they are walked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .recorder import in_loop, watching

ODD = [
    "with space",
    "line\nbreak",
    "emoji 🎉",
    "é",
    "é",
    "back\\slash",
    "*?[a]{b}",
    "x" * 255,
    "é" * 127,
    "...",
]


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
@in_loop
async def test_odd(tmp_path: Path, name: str) -> None:
    async with watching(tmp_path) as seen:
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("1")
        await seen.until_files(**{f"{name}/{name}": "1"})
        (tmp_path / name / name).write_text("2")
        await seen.until_files(**{f"{name}/{name}": "2"})
        (tmp_path / name / name).unlink()
        await seen.until_files()


@in_loop
async def test_no_utf_8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/und\xff"
    async with watching(tmp_path) as seen:
        os.mkdir(path)
        with open(path + b"/\xfe", "w") as file:
            file.write("1")
        await seen.until_keys(os.fsdecode(b"und\xff/\xfe"))
        os.rename(path, os.fsencode(tmp_path) + b"/\xfd")
        await seen.until_keys(os.fsdecode(b"\xfd/\xfe"))
