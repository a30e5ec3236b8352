"""The result says which name stands for which, however many steps that takes."""

from __future__ import annotations

import pytest

from cocoindex.ops.entity_resolution import ResolvedEntities
from cocoindex.ops.entity_resolution.errors import UnknownEntityError

RESULT = ResolvedEntities({"Microsoft Corp.": "Microsoft", "Microsoft": None, "MS": "Microsoft Corp.", "OpenAI": None})


def test_each_name_leads_to_its_canonical_one() -> None:
    assert [RESULT.canonical_of(name) for name in RESULT] == ["Microsoft", "Microsoft", "Microsoft", "OpenAI"]
    assert RESULT.canonicals() == {"Microsoft", "OpenAI"}
    assert RESULT.groups() == {"Microsoft": {"Microsoft", "Microsoft Corp.", "MS"}, "OpenAI": {"OpenAI"}}


def test_it_is_a_collection_of_the_names() -> None:
    assert len(RESULT) == 4 and "MS" in RESULT and "Apple" not in RESULT
    assert ResolvedEntities(RESULT.to_dict()) == RESULT


def test_the_dict_is_a_copy() -> None:
    RESULT.to_dict()["MS"] = None
    assert RESULT.canonical_of("MS") == "Microsoft"


def test_a_name_that_was_not_resolved_is_an_error() -> None:
    with pytest.raises(UnknownEntityError, match="'Apple' is not one of the 4 resolved names") as unknown:
        RESULT.canonical_of("Apple")
    assert isinstance(unknown.value, KeyError)
