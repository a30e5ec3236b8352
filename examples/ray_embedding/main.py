"""Keeps a folder of documents as vectors in SQLite; reading and embedding run on Ray.

    cocoindex update main.py

README.md beside this file says more.
"""

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.runners.ray import RayRunner

FOLDER = pathlib.Path(os.environ.get("RAY_EMBEDDING_FOLDER", "documents"))
STATE = pathlib.Path(os.environ.get("RAY_EMBEDDING_STATE", "state"))
MODEL = os.environ.get("RAY_EMBEDDING_MODEL", "sentence-transformers/all-MiniLM-L6-v2")

DATABASE = coco.ContextKey[sqlite.ManagedConnection]("ray_embedding_database")

# Both use the cluster of RAY_ADDRESS, or a Ray that starts in this machine.
tasks = RayRunner()  # for work of all kinds: each call goes where a processor is free
embedder = SentenceTransformerEmbedder(MODEL, runner=RayRunner(actors=1))  # an actor keeps the model loaded


@dataclass
class Passage:
    """A row of the table."""

    document: str
    start: int
    text: str
    vector: Annotated[NDArray[np.float32], embedder]


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    builder.settings.db_path = STATE / "store"
    with sqlite.managed_connection(STATE / "passages.sqlite", load_vec=True) as connection:
        builder.provide(DATABASE, connection)
        yield


@coco.fn.as_async(memo=True, runner=tasks)
def split(text: str) -> list[tuple[int, str]]:
    """Runs on the cluster: the passages of a document, each with where it begins."""
    chunks = RecursiveSplitter().split(text, 500, chunk_overlap=50, language="markdown")
    return [(chunk.start.char_offset, chunk.text) for chunk in chunks]


@coco.fn(memo=True)
async def embed_document(file: FileLike[pathlib.Path], table: sqlite.TableTarget[Passage]) -> None:
    name = file.file_path.path.as_posix()

    async def embed(passage: tuple[int, str]) -> None:
        start, text = passage
        table.declare_row(row=Passage(name, start, text, await embedder.embed(text)))

    await coco.map(embed, await split(await file.read_text()))


@coco.fn
async def embed_documents() -> None:
    schema = await sqlite.TableSchema.from_class(Passage, primary_key=["document", "start"])
    table = await sqlite.mount_table_target(DATABASE, "passages", schema)
    documents = localfs.walk_dir(FOLDER, recursive=True, path_matcher=PatternFilePathMatcher(["**/*.md", "**/*.txt"]))
    await coco.mount_each(embed_document, documents.items(), table)


app = coco.App("RayEmbedding", embed_documents)
