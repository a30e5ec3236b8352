"""What would write into the app's own store, or remove it with a directory, is refused; the store stays readable."""

from __future__ import annotations

from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError


def app_with_store_in(folder: Path, target: Path, kind: str) -> coco.App[[], None]:
    async def main() -> None:
        if kind == "directory":
            await localfs.mount_dir_target(target)
        else:
            localfs.declare_file(target, "text", create_parent_dirs=True)

    environment = coco.Environment(coco.Settings(db_path=folder / "holds" / "store.db"))
    return coco.App(coco.AppConfig(name="app", environment=environment), coco.fn(main))


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("directory", "holds"),
        ("directory", "holds/store.db"),
        ("directory", "holds/store.db/inside"),
        ("directory", "link"),
        ("file", "holds/store.db/data.mdb"),
        ("file", "link/store.db/new.txt"),
    ],
)
def test_store_is_left_alone(tmp_path: Path, kind: str, target: str) -> None:
    (tmp_path / "holds").mkdir()
    (tmp_path / "link").symlink_to("holds")
    app = app_with_store_in(tmp_path, tmp_path / target, kind)
    for _ in range(2):
        with pytest.raises(FileTargetError, match="db_path"):
            app.update_blocking()
    assert sorted(path.name for path in (tmp_path / "holds" / "store.db").iterdir()) == [
        "data.mdb",
        "lock.mdb",
        "locks",
    ]
    app.drop_blocking()


def test_a_directory_beside_the_store_is_taken(tmp_path: Path) -> None:
    app = app_with_store_in(tmp_path, tmp_path / "holds" / "store.db.files", "directory")
    app.update_blocking()
    assert (tmp_path / "holds" / "store.db.files").is_dir()
