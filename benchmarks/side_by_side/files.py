"""Makes a folder of small text files and changes it, as a user would between two updates."""

from __future__ import annotations

import os
from pathlib import Path

FILES_A_FOLDER = 100
SENTENCES = 8


def make_files(folder: Path, count: int) -> None:
    """Write `count` text files of about 500 bytes to subfolders of `folder`."""
    for index in range(count):
        path = _path(folder, index)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(index, "a"))


def touch_files(folder: Path, count: int) -> None:
    """Set another modification time to each file; the contents stay."""
    for index in range(count):
        path = _path(folder, index)
        modified = path.stat().st_mtime_ns + 1_000_000_000
        os.utime(path, ns=(modified, modified))


def change_files(folder: Path, count: int) -> None:
    """Write another text of the same length to every hundredth file."""
    for index in range(0, count, 100):
        _path(folder, index).write_text(_text(index, "b"))


def _path(folder: Path, index: int) -> Path:
    return folder / f"part{index // FILES_A_FOLDER:04}" / f"document{index:06}.txt"


def _text(index: int, version: str) -> str:
    return "\n".join(
        f"Sentence {line} of document {index} in its version {version}: nothing new." for line in range(SENTENCES)
    )
