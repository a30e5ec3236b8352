"""`walk_dir` gives files in the order of their names, each directory where its own name comes."""

from __future__ import annotations

from pathlib import Path

from cocoindex.connectors import localfs


def test_walk_goes_in_the_order_of_names(tmp_path: Path) -> None:
    names = ["b/2.txt", "z.txt", "b/10.txt", "a.txt", "b/c/d.txt", "é/x.txt", "b/z.txt", "c.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    walked = [
        file.file_path.path.relative_to(tmp_path).as_posix() for file in localfs.walk_dir(tmp_path, recursive=True)
    ]
    assert walked == sorted(names)
