"""A context key as the annotation of a vector column stands for what is provided for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
import pytest
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.errors import NoComponentError
from cocoindex.resources.schema import MultiVectorSchema, VectorSchema, get_multi_vector_schema, get_vector_schema

from .in_app import run_in_app

SCHEMA = VectorSchema(np.dtype(np.float32), 4)
MULTI = MultiVectorSchema(vector_schema=SCHEMA)


class Model:
    async def embed(self, text: str) -> NDArray[np.float32]:
        return np.zeros(4, np.float32)

    async def __coco_vector_schema__(self) -> VectorSchema:
        return SCHEMA


EMBEDDER = coco.ContextKey[Model]("embedder")
TOKENS = coco.ContextKey[MultiVectorSchema]("tokens")
NAME = coco.ContextKey[str]("name")


@dataclass
class Row:
    by_key: Annotated[NDArray[np.float32], EMBEDDER]
    by_embedder: Annotated[NDArray[np.float32], Model()]
    by_schema: Annotated[NDArray[np.float32], SCHEMA]
    multi: Annotated[NDArray[np.float32], TOKENS]
    no_vector: Annotated[str, NAME]


def annotated() -> dict[str, Any]:
    hints = get_type_hints(Row, include_extras=True)
    return {name: get_args(hint)[1] for name, hint in hints.items()}


def test_the_three_ways_of_annotation_give_one_schema(tmp_path: Path) -> None:
    found: dict[str, object] = {}

    @coco.fn
    async def main() -> None:
        for name, annotation in annotated().items():
            found[name] = await get_vector_schema(annotation)
        found["multi"] = await get_multi_vector_schema(TOKENS)

    run_in_app(tmp_path, main, {EMBEDDER: Model(), TOKENS: MULTI, NAME: "x"})
    assert found == {"by_key": SCHEMA, "by_embedder": SCHEMA, "by_schema": SCHEMA, "multi": MULTI, "no_vector": None}


def test_outside_a_component_nothing_is_provided_for_it() -> None:
    with pytest.raises(NoComponentError):
        asyncio.run(get_vector_schema(EMBEDDER))


def test_a_schema_is_an_argument_and_a_result_of_memoized_functions(tmp_path: Path) -> None:
    calls: list[VectorSchema] = []

    @coco.fn(memo=True)
    async def doubled(schema: VectorSchema) -> VectorSchema:
        calls.append(schema)
        return VectorSchema(schema.dtype, schema.size * 2)

    @coco.fn
    async def main() -> None:
        assert await doubled(SCHEMA) == VectorSchema(np.dtype(np.float32), 8)

    run_in_app(tmp_path, main)
    run_in_app(tmp_path, main)
    assert calls == [SCHEMA]
