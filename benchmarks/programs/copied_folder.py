"""Reads the text files of a folder, one memoized component each, and writes each to another folder in capitals.

    python copied_folder.py update|full|drop FOLDER

The files are written to `copied`, beside the store.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from counted_target import COUNTS
from perform import perform

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher


@coco.fn(memo=True)
async def process_file(file: FileLike[Path], target: localfs.DirTarget) -> None:
    COUNTS["runs"] += 1
    text = await file.read_text()
    target.declare_file(filename=file.file_path.path.name, content=text.upper())


@coco.fn
async def main(folder: Path, copied: Path) -> None:
    target = await localfs.mount_dir_target(copied)
    matcher = PatternFilePathMatcher(included_patterns=["**/*.txt"])
    files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher)
    await coco.mount_each(process_file, files.items(), target)


if __name__ == "__main__":
    beside_store = Path(os.environ["COCOINDEX_DB"]).with_name("copied")
    perform(coco.App("copied_folder", main, Path(sys.argv[2]), beside_store), sys.argv[1])
