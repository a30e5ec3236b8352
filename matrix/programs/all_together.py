"""What several distributions do together: files are split into passages, kept in SQLite and counted in other files."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.file import PatternFilePathMatcher

DB = coco.ContextKey[sqlite.ManagedConnection]("passages_db")
NOTES, COUNTS = pathlib.Path("notes"), pathlib.Path("counts")


@dataclass
class Passage:
    """A row of the table."""

    file: str
    number: int
    text: str


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    """Open the database."""
    builder.settings.db_path = pathlib.Path("all_together.db")
    builder.provide_with(DB, sqlite.managed_connection("passages.sqlite"))
    yield


@coco.fn(memo=True)
async def split(file: localfs.File, table: sqlite.TableTarget[Passage], counts: localfs.DirTarget) -> None:
    """Declare the passages of a file, and how many there are."""
    name = file.file_path.path.name
    chunks = RecursiveSplitter().split(await file.read_text(), chunk_size=20, min_chunk_size=5)
    for number, chunk in enumerate(chunks):
        table.declare_row(row=Passage(name, number, chunk.text))
    counts.declare_file(name, str(len(chunks)))


@coco.fn
async def passages() -> None:
    """Mount a component for each file."""
    schema = await sqlite.TableSchema.from_class(Passage, primary_key=["file", "number"])
    table = await sqlite.mount_table_target(DB, "passages", schema)
    counts = await localfs.mount_dir_target(COUNTS)
    files = localfs.walk_dir(NOTES, path_matcher=PatternFilePathMatcher(included_patterns=["*.txt"]))
    await coco.mount_each(split, files.items(), table, counts)


def main() -> None:
    """Update twice: everything, and without the file that is gone."""
    NOTES.mkdir()
    for name in ("one", "two"):
        (NOTES / f"{name}.txt").write_text("A sentence of some length. And one more of them.")
    app = coco.App("Passages", passages)
    app.update_blocking()
    expect(["one.txt", "two.txt"])
    (NOTES / "two.txt").unlink()
    app.update_blocking()
    expect(["one.txt"])


def expect(names: list[str]) -> None:
    """Raise where the targets hold something else than passages of these files."""
    with sqlite.managed_connection("passages.sqlite") as connection, connection.readonly() as raw:
        found = [row[0] for row in raw.execute("SELECT DISTINCT file FROM passages ORDER BY file")]
    counts = sorted(path.name for path in COUNTS.iterdir())
    if (found, counts) != (names, names):
        raise RuntimeError(f"the table holds passages of {found}, the folder counts of {counts}")


if __name__ == "__main__":
    main()
