"""What a file or directory target really is, does not depend on how it is declared."""

from __future__ import annotations

import os
from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs._entry import Directory, inner_key, outer_key
from cocoindex.connectors.localfs._entry_handler import EntryHandler

from .applying import BASE, context


def test_every_way_to_name_a_file_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "link").symlink_to("d")
    outer, inner = EntryHandler(), EntryHandler(Directory(str(tmp_path / "d")))
    ways = [
        outer.physical_identity(outer_key(tmp_path / "d/a")),
        outer.physical_identity(outer_key(tmp_path / "link/a")),
        outer.physical_identity(outer_key(os.path.relpath(tmp_path / "d/a")), context(tmp_path)),
        outer.physical_identity(outer_key(localfs.FilePath("d/a", base_dir=BASE)), context(tmp_path)),
        inner.physical_identity(inner_key("a")),
        inner.physical_identity(inner_key("./a"), context()),
    ]
    assert len(set(ways)) == 1 and None not in ways
    assert outer.physical_identity(outer_key(tmp_path / "d")) not in ways
    assert outer.physical_identity(outer_key(BASE), context(tmp_path)) == outer.physical_identity(outer_key(tmp_path))


def test_where_it_is_not_known_there_is_none() -> None:
    assert EntryHandler().physical_identity((BASE.key, "a")) is None
    assert EntryHandler().physical_identity((BASE.key, "a"), coco.ContextProvider()) is None
    assert EntryHandler(Directory(None)).physical_identity("a") is None
