"""Generic names may be given fewer type parameters than they have, also where annotations are evaluated."""

import typing
from typing import Generic, TypeVar

import cocoindex as coco

RowT = TypeVar("RowT")


class Handler(coco.TargetHandler[int, str]):
    pass


class TableTarget(coco.ResolvesTo["TableTarget[RowT]"], Generic[RowT, coco.MaybePendingS]):
    pass


def test_names_of_the_core_take_fewer() -> None:
    assert typing.get_origin(coco.TargetStateProvider[int, None]) is coco.TargetStateProvider
    assert typing.get_origin(coco.TargetActionSink[int]) is coco.TargetActionSink
    assert typing.get_origin(coco.TargetReconcileOutput[int, str]) is coco.TargetReconcileOutput
    assert typing.get_origin(coco.ChildSlot[Handler]) is coco.ChildSlot


def test_classes_of_a_connector_take_fewer() -> None:
    assert typing.get_origin(TableTarget[int]) is TableTarget
    assert typing.get_args(TableTarget[int, coco.PendingS]) == (int, coco.PendingS)


def test_none_may_be_given() -> None:
    assert typing.get_type_hints(_declare)["return"] is TableTarget


def _declare(provider: coco.TargetStateProvider) -> TableTarget: ...  # type: ignore[type-arg,empty-body]
