"""Keeps a folder of files and a table as another folder is; the soak runs it as a process of its own, and kills it.

Usage: program.py FOLDER PLACE [--live]; PLACE gets `store`, `out` (a file for each file, in capitals), `table.sqlite`,
and `began` as the update begins.
"""

from __future__ import annotations

import pathlib
import sys
from dataclasses import dataclass
from urllib.parse import quote

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

FOLDER, PLACE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
DATABASE = coco.ContextKey[sqlite.ManagedConnection]("soak_database")
TEXTS = PatternFilePathMatcher(included_patterns=["**/*.txt"], excluded_patterns=["**/.*"])


@dataclass
class Row:
    """What the table holds of a file."""

    name: str
    text: str


@coco.fn(memo=True)
async def keep(file: FileLike[pathlib.Path], out: localfs.DirTarget, table: sqlite.TableTarget[Row]) -> None:
    name, text = quote(file.file_path.path.relative_to(FOLDER).as_posix(), safe=""), await file.read_text()
    out.declare_file(filename=name, content=text.upper())
    table.declare_row(row=Row(name, text))


@coco.fn
async def main() -> None:
    (PLACE / "began").touch()  # an interrupt before the update is Python's, which may drop it where it imports a module
    out = await localfs.mount_dir_target(PLACE / "out")
    schema = await sqlite.TableSchema.from_class(Row, primary_key=["name"])
    table = await sqlite.mount_table_target(DATABASE, "files", schema)
    files = localfs.walk_dir(FOLDER, recursive=True, path_matcher=TEXTS, live=True)
    await coco.mount_each(keep, files.items(), out, table)


if __name__ == "__main__":
    provider = coco.ContextProvider()
    with sqlite.managed_connection(PLACE / "table.sqlite") as connection:
        provider.provide(DATABASE, connection)
        environment = coco.Environment(coco.Settings(db_path=PLACE / "store"), context_provider=provider)
        app = coco.App(coco.AppConfig("soak", environment=environment), main)
        app.update_blocking(live="--live" in sys.argv)
