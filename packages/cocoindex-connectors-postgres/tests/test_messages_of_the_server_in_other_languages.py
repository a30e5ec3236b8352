"""What a server means is known by its codes and by names, whatever the language of its messages."""

from __future__ import annotations

import pytest
from psycopg import errors

from cocoindex.connectors.postgres._driver_errors import describe_failure
from cocoindex.connectors.postgres.errors import PostgresExtensionError, PostgresSchemaError


@pytest.mark.parametrize(
    "message", ['type "vector" does not exist', "Typ »vector« existiert nicht", "le type « halfvec » n'existe pas"]
)
def test_a_type_of_pgvector_that_is_not_there(message: str) -> None:
    assert isinstance(describe_failure(errors.UndefinedObject(message), "shaping the table"), PostgresExtensionError)


@pytest.mark.parametrize("message", ['type "vectors" does not exist', "Typ »my_vector« existiert nicht"])
def test_another_type_that_is_not_there(message: str) -> None:
    assert isinstance(describe_failure(errors.UndefinedObject(message), "shaping the table"), PostgresSchemaError)
