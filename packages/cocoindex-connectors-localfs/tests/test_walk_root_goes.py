"""A directory that goes, or is exchanged, while it is walked is an error: what lies in it does not count as removed."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import SourceDirectoryError


class Moving:
    """A matcher that moves the root away when it is asked about the directory `d`."""

    def __init__(self, root: Path, make: bool) -> None:
        self.root = root
        self.make = make

    def is_dir_included(self, path: PurePath) -> bool:
        if path.name == "d":
            self.root.rename(self.root.with_name("elsewhere"))
            if self.make:
                self.root.mkdir()
        return True

    def is_file_included(self, path: PurePath) -> bool:
        return True


@pytest.mark.parametrize("make", [False, True])
def test_it_goes(tmp_path: Path, make: bool) -> None:
    root = tmp_path / "root"
    for name in ("a/file", "d/file", "z"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    found = []
    with pytest.raises(SourceDirectoryError):
        for key, _ in localfs.walk_dir(root, recursive=True, path_matcher=Moving(root, make)).items():
            found.append(key)
    assert "d/file" not in found
