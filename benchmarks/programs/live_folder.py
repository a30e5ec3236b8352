"""Watches the text files of a folder, one memoized component each, and declares one state for each: its first line.

python live_folder.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from told_target import QUICK

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher


@coco.fn(memo=True)
async def process_file(file: FileLike[Path]) -> None:
    text = await file.read_text()
    coco.declare_target_state(QUICK.target_state(file.file_path.path.as_posix(), text.partition("\n")[0]))


@coco.fn
async def main(folder: Path) -> None:
    matcher = PatternFilePathMatcher(included_patterns=["**/*.txt"])
    files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher, live=True)
    await coco.mount_each(process_file, files.items())


if __name__ == "__main__":
    coco.App("live_folder", main, Path(sys.argv[1])).update_blocking(live=True)
