"""Keeps a folder of notes searchable while you write: a saved note is found a moment later.

    python main.py FOLDER

Type words and press Enter; an empty line ends it. README.md beside this file says more.
"""

import asyncio
import os
import pathlib
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

NOTES = PatternFilePathMatcher(included_patterns=["**/*.{md,txt}"], excluded_patterns=["**/.*"])
DATABASE = coco.ContextKey[sqlite.ManagedConnection]("live_notes_database")


@dataclass
class Paragraph:
    """A row of the table."""

    note: str
    line: int
    text: str


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    state = pathlib.Path(os.environ.get("LIVE_NOTES_STATE") or pathlib.Path(__file__).with_name("state"))
    state.mkdir(parents=True, exist_ok=True)
    builder.settings.db_path = state / "store"  # what CocoIndex remembers
    with sqlite.managed_connection(state / "notes.sqlite") as connection:
        builder.provide(DATABASE, connection)
        yield


@coco.fn(memo=True)  # runs again for a note only when that note changed, or this function
async def index_note(note: FileLike[pathlib.Path], table: sqlite.TableTarget[Paragraph]) -> None:
    name = note.file_path.path.relative_to(notes_folder()).as_posix()
    for line, text in paragraphs(await note.read_text()):
        table.declare_row(row=Paragraph(name, line, text))


@coco.fn
def paragraphs(text: str) -> list[tuple[int, str]]:
    """Split a note at its empty lines; each paragraph comes with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    open_one = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not open_one:
            found.append((number, []))
        open_one = bool(line.strip())
        if open_one:
            found[-1][1].append(line.strip())
    return [(number, " ".join(lines)) for number, lines in found]


@coco.fn
async def index_notes() -> None:
    schema = await sqlite.TableSchema.from_class(Paragraph, primary_key=["note", "line"])
    table = await sqlite.mount_table_target(DATABASE, "paragraphs", schema)
    notes = localfs.walk_dir(notes_folder(), recursive=True, path_matcher=NOTES, live=True)
    await coco.mount_each(index_note, notes.items(), table)


app = coco.App("LiveNotes", index_notes)


def notes_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("LIVE_NOTES_FOLDER") or "notes").expanduser().resolve()


async def run() -> None:
    async with coco.runtime():
        updating = app.update(live=True)
        async for snapshot in updating.watch():
            if snapshot.status is coco.UpdateStatus.READY:
                break
        keeping = asyncio.ensure_future(updating.result())
        try:
            print(f"{notes_folder()} is searchable. Write, save, and ask.", flush=True)
            await answer((await coco.default_env()).get_context(DATABASE))
        finally:
            keeping.cancel()  # ends the live update as Ctrl-C does
            await asyncio.wait([keeping])


async def answer(database: sqlite.ManagedConnection) -> None:
    """Print what is found for each line that is typed, until an empty one."""
    async for question in lines_typed():
        if not question:
            return
        for note, line, text in find(database, question.split()):
            print(f"{note}:{line}: {text}")
        print("--", flush=True)


def find(database: sqlite.ManagedConnection, words: list[str], count: int = 5) -> list[tuple[str, int, str]]:
    """The paragraphs with most of the words."""
    hits = " + ".join("(text LIKE ? ESCAPE '\\')" for _ in words)
    patterns = [f"%{word.translate(ESCAPED)}%" for word in words]
    with database.readonly() as connection:
        return connection.execute(
            f"SELECT note, line, text FROM (SELECT note, line, text, {hits} AS hits FROM paragraphs)"
            " WHERE hits > 0 ORDER BY hits DESC, note, line LIMIT ?",
            (*patterns, count),
        ).fetchall()


ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


async def lines_typed() -> AsyncIterator[str]:
    """The lines of standard input, read in a thread: reading would hold up the loop that keeps the index."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield await lines.get()


def main() -> None:
    if len(sys.argv) > 1:
        os.environ["LIVE_NOTES_FOLDER"] = sys.argv[1]
    if not notes_folder().is_dir():
        sys.exit(f"there is no folder {notes_folder()}; give the folder of your notes: python main.py FOLDER")
    asyncio.run(run())


if __name__ == "__main__":
    main()
