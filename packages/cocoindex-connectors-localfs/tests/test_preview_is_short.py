"""A preview names the files and directories, and shows neither what is in them nor what is remembered of them."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import localfs


def test_each_action_is_a_few_words(tmp_path: Path) -> None:
    world = {"a.txt": "one", "b.txt": "two"}
    out = coco.ContextKey[Path]("out")

    @coco.fn
    async def main() -> None:
        folder = await localfs.mount_dir_target(out)
        for name, text in world.items():
            folder.declare_file(name, text)
        localfs.declare_file(tmp_path / "alone.txt", b"alone")

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    environment.context_provider.provide(out, tmp_path / "out")
    app = coco.App(coco.AppConfig("Files", environment=environment), main)
    app.update_blocking()
    del world["b.txt"]
    world["c.txt"] = "three"
    planned = {repr(action) for action in app.update_blocking(preview=True) or ()}
    environment.close()
    assert planned == {
        "<have the directory '.' in 'out'>",
        f"<remove 'b.txt' in {str(tmp_path / 'out')!r}>",
        f"<write the file 'c.txt' in {str(tmp_path / 'out')!r}: 5 bytes>",
    }
