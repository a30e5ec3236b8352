from __future__ import annotations

import datetime
import enum
import uuid
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from cocoindex._values import deserialize, serialize
from cocoindex.errors import DeserializationError

pytest.importorskip("pydantic")

import pydantic


class Kind(enum.Enum):
    BIG = "big"


class Inner(pydantic.BaseModel):
    tags: set[str] = pydantic.Field(default=set())


class Other(pydantic.BaseModel):
    kind: Literal["other"] = "other"


class Model(pydantic.BaseModel):
    number: int = pydantic.Field(alias="nr")
    key: uuid.UUID | None = None
    inner: Inner | Other | None = None
    at: datetime.datetime | None = None
    kind: Kind = Kind.BIG
    secret: pydantic.SecretStr = pydantic.SecretStr("x")
    link: pydantic.HttpUrl | None = None
    hidden: list[tuple[int, str]] = pydantic.Field(default=[], exclude=True)

    @pydantic.field_serializer("number")
    def show(self, number: int) -> str:
        return f"nr {number}"

    @pydantic.computed_field
    def double(self) -> int:
        return self.number * 2


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True, extra="allow", frozen=True)
    key: uuid.UUID
    pair: tuple[int, int] = (1, 2)


class Root(pydantic.RootModel[list[int]]):
    pass


@dataclass
class Holder:
    model: Model | None
    models: dict[str, Inner]


EAST = datetime.timezone(datetime.timedelta(hours=2))
FULL = Model(nr=2**70, key=uuid.UUID(int=1), inner=Inner(tags={"a"}), at=datetime.datetime(2024, 1, 1, tzinfo=EAST))
MODELS: list[Any] = [
    Model(nr=1),
    FULL,
    Model.model_validate({"nr": 1, "inner": Other(), "secret": "s", "link": "http://a.org/x", "hidden": [(1, "a")]}),
    Strict.model_validate({"key": uuid.UUID(int=1), "more": "x"}),
    Root([1, 2]),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_models_come_back(model: Any) -> None:
    kind: Any = type(model)
    for value, hint in ((model, kind), ([model], list[kind]), (model, kind | None)):
        result = deserialize(serialize(value), hint)
        result = result[0] if isinstance(result, list) else result
        assert type(result) is type(model) and result == model
        assert result.model_fields_set == model.model_fields_set


def test_models_inside_dataclasses_come_back() -> None:
    holder = Holder(FULL, {"a": Inner(tags={"x"})})
    assert deserialize(serialize(holder), Holder) == holder


def test_a_model_that_has_changed_is_refused() -> None:
    data = serialize(MODELS[0])

    class Changed(Model):
        more: int

    with pytest.raises(DeserializationError, match="more"):
        deserialize(data, Changed)


def test_without_an_annotation_a_model_comes_back_as_its_fields() -> None:
    assert deserialize(serialize(Inner(tags={"a"}))) == {"tags": ["a"]}
