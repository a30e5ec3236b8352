"""Vector columns take their size from what makes the vectors, and nearest vectors are found after an update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.resources.schema import VectorSchema

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")


class Embedder:
    """Counts letters."""

    async def __coco_vector_schema__(self) -> VectorSchema:
        return VectorSchema(np.dtype(np.float32), 26)

    def embed(self, text: str) -> NDArray[np.float32]:
        return np.array([text.count(chr(97 + i)) for i in range(26)], np.float32)


EMBEDDER = coco.ContextKey[Embedder]("embedder")
embedder = Embedder()


@dataclass
class ByKey:
    id: int
    text: str
    embedding: Annotated[NDArray[np.float32], EMBEDDER]


@dataclass
class ByInstance:
    id: int
    text: str
    embedding: Annotated[NDArray[np.float32], embedder]


@coco.fn(memo=True)
async def row_of(id: int, text: str, table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "text": text, "embedding": coco.use_context(EMBEDDER).embed(text)})


@coco.fn
async def main(texts: dict[int, str], row_type: type[Any], vec0: sqlite.Vec0TableDef | None) -> None:
    schema = await sqlite.TableSchema.from_class(row_type, primary_key=["id"])
    assert schema.columns["embedding"].type == "float[26]"
    table = await sqlite.mount_table_target(DB, "docs", schema, virtual_table_def=vec0)
    for id, text in texts.items():
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)


TEXTS = {1: "aaa", 2: "abab", 3: "zebra", 4: "pizza"}


def nearest(project: Project, text: str) -> list[str]:
    rows = project.query(
        "SELECT text FROM docs WHERE embedding MATCH ? AND k = 2 ORDER BY distance", embedder.embed(text).tobytes()
    )
    return [text for (text,) in rows]


def test_vec0(project: Project) -> None:
    project.provide(EMBEDDER, embedder)
    vec0 = sqlite.Vec0TableDef(auxiliary_columns=["text"])
    for row_type in (ByKey, ByInstance):
        project.update(main, TEXTS, row_type, vec0)
        assert nearest(project, "aab") == ["abab", "aaa"]
    assert project.writes == []
    project.update(main, {**TEXTS, 1: "oooo", 5: "baa"}, ByKey, vec0)
    assert nearest(project, "aab") == ["baa", "abab"]
    project.update(main, {}, ByKey, vec0)
    assert nearest(project, "aab") == []
    project.drop(main, {}, ByKey, vec0)
    assert project.query("SELECT * FROM sqlite_master WHERE name LIKE 'docs%'") == []


def test_regular_table(project: Project) -> None:
    project.provide(EMBEDDER, embedder)
    project.update(main, TEXTS, ByKey, None)
    rows = project.query(
        "SELECT text FROM docs ORDER BY vec_distance_L2(embedding, ?) LIMIT 2", embedder.embed("aab").tobytes()
    )
    assert rows == [("abab",), ("aaa",)]
