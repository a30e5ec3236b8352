"""A vector schema is a value; annotations that stand for one are resolved to it."""

import asyncio

import numpy as np
import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.resources.schema import (
    InvalidVectorSchemaError,
    MultiVectorSchema,
    MultiVectorSchemaProvider,
    VectorSchema,
    VectorSchemaProvider,
    get_multi_vector_schema,
    get_vector_schema,
)

SCHEMA = VectorSchema(dtype=np.dtype(np.float32), size=3)


class Model:
    async def __coco_vector_schema__(self) -> VectorSchema:
        return SCHEMA


@pytest.mark.parametrize("dtype", [np.float32, "float32", "<f4", np.dtype("float32")])
def test_it_is_equal_however_its_type_was_given(dtype: object) -> None:
    schema = VectorSchema(dtype, 3)  # type: ignore[arg-type]  # what numpy takes
    assert schema == SCHEMA
    assert hash(schema) == hash(SCHEMA)
    assert schema.__coco_memo_key__() == SCHEMA.__coco_memo_key__()
    assert schema.dtype == np.dtype("float32")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        SCHEMA.size = 4  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize(
    ("dtype", "size"), [("no such type", 3), (None, 3), ("f4", 0), ("f4", -1), ("f4", "3"), ("f4", True)]
)
def test_what_no_vector_can_have_is_refused(dtype: object, size: object) -> None:
    with pytest.raises(InvalidVectorSchemaError) as refusal:
        VectorSchema(dtype, size)  # type: ignore[arg-type]  # what is tested
    assert isinstance(refusal.value, ValueError) and isinstance(refusal.value, CocoIndexError)


def test_providers_are_resolved() -> None:
    assert asyncio.run(get_vector_schema(SCHEMA)) is SCHEMA
    assert asyncio.run(get_vector_schema(Model())) is SCHEMA
    multi = MultiVectorSchema(SCHEMA)
    assert asyncio.run(get_multi_vector_schema(multi)) is multi


def test_anything_else_stands_for_no_schema() -> None:
    assert asyncio.run(get_vector_schema("text")) is None
    assert asyncio.run(get_vector_schema(None)) is None
    assert asyncio.run(get_multi_vector_schema(SCHEMA)) is None


def test_providers_can_be_told_by_their_type() -> None:
    assert isinstance(Model(), VectorSchemaProvider) and isinstance(SCHEMA, VectorSchemaProvider)
    assert isinstance(MultiVectorSchema(SCHEMA), MultiVectorSchemaProvider)
    assert not isinstance(3, VectorSchemaProvider)
