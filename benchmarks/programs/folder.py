"""Reads the text files of a folder, one memoized component each, and declares one state for each.

python folder.py update|full|drop FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from counted_target import COUNTS, TARGET
from perform import perform

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_str
from cocoindex.connectors import localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher


@coco.fn(memo=True)
async def process_file(file: FileLike[Path]) -> None:
    COUNTS["runs"] += 1
    text = await file.read_text()
    coco.declare_target_state(TARGET.target_state(file.file_path.path.as_posix(), fingerprint_str(text)))


@coco.fn
async def main(folder: Path) -> None:
    matcher = PatternFilePathMatcher(included_patterns=["**/*.txt"])
    files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher)
    await coco.mount_each(process_file, files.items())


if __name__ == "__main__":
    perform(coco.App("folder", main, Path(sys.argv[2])), sys.argv[1])
