from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from cocoindex._values import (
    NonExistenceType,
    param_hint,
    state_hint,
    tracking_record_hint,
)
from cocoindex._values import return_hint as hint_and_certainty

if TYPE_CHECKING:
    from nowhere import Missing  # type: ignore[import-not-found]

T = TypeVar("T")


def return_hint(fn: Callable[..., Any]) -> Any:
    return hint_and_certainty(fn)[0]


class Later:
    def method(self, other: Missing) -> set[Later]: ...  # type: ignore[empty-body]


def test_the_return_type_is_resolved() -> None:
    def plain() -> list[Later]: ...  # type: ignore[empty-body]
    def bare(): ...  # type: ignore[no-untyped-def]
    async def coroutine() -> tuple[int, str]: ...  # type: ignore[empty-body]
    def awaitable() -> Awaitable[dict[str, int]]: ...  # type: ignore[empty-body]
    def returns_coroutine() -> Coroutine[Any, Any, int]: ...  # type: ignore[empty-body]
    def nothing() -> None: ...
    def annotated() -> Annotated[int, "x"]: ...  # type: ignore[empty-body]

    assert return_hint(plain) == list[Later]
    assert return_hint(bare) is Any
    assert return_hint(coroutine) == tuple[int, str]
    assert return_hint(awaitable) == dict[str, int]
    assert return_hint(returns_coroutine) is int
    assert return_hint(nothing) is type(None)
    assert return_hint(annotated) == Annotated[int, "x"]


def test_what_cannot_be_resolved_harms_no_other_annotation() -> None:
    def unresolved() -> Missing: ...

    assert return_hint(unresolved) is Any
    assert return_hint(Later.method) == return_hint(Later().method) == set[Later]


def test_an_annotation_may_be_resolved_later() -> None:
    namespace: dict[str, Any] = {}
    exec("def make() -> 'Result': ...", namespace)
    assert hint_and_certainty(namespace["make"]) == (Any, False)
    namespace["Result"] = int
    assert hint_and_certainty(namespace["make"]) == (int, True)


def test_anything_is_certain_where_it_was_said_or_nothing_was() -> None:
    def said() -> Any: ...
    def silent(): ...  # type: ignore[no-untyped-def]

    assert hint_and_certainty(said) == hint_and_certainty(silent) == hint_and_certainty(len) == (Any, True)


def test_captured_names_are_resolved() -> None:
    class Local:
        pass

    def make() -> list[Local]:
        return [Local()]

    assert return_hint(make) == list[Local]


def test_the_function_behind_is_asked() -> None:
    def base(x: int, y: str = "") -> bytes: ...  # type: ignore[empty-body]

    @functools.wraps(base)
    def wrapper(*args: Any) -> Any: ...

    class Object:
        def __call__(self, x: float) -> list[int]: ...  # type: ignore[empty-body]

    assert return_hint(wrapper) is return_hint(functools.partial(base, 1)) is bytes
    assert param_hint(wrapper, "y") is param_hint(wrapper, 1) is str
    assert return_hint(Object()) == list[int]
    assert param_hint(Object(), "x") is float


def test_parameters_without_annotation_are_anything() -> None:
    f: Callable[..., Any] = lambda x: x  # noqa: E731
    assert param_hint(f, 0) is param_hint(f, 5) is param_hint(f, "x") is param_hint(len, 0) is Any


def test_the_type_of_a_state_is_what_may_be_besides_non_existence() -> None:
    class Stateful:
        def one(self, prev_state: tuple[int, str] | NonExistenceType) -> None: ...
        def other(self, prev_state: NonExistenceType | int | None) -> None: ...
        def none(self, prev_state: NonExistenceType) -> None: ...
        def bare(self, prev_state): ...  # type: ignore[no-untyped-def]

    assert state_hint(Stateful.one) == tuple[int, str]
    assert state_hint(Stateful.other) == int | None
    assert state_hint(Stateful.none) is state_hint(Stateful.bare) is Any


class Handler:
    def reconcile(
        self,
        key: Missing,
        desired: int,
        prev_possible_records: Collection[tuple[str, int]],
        prev_may_be_missing: bool,
        /,
    ) -> None: ...


class BareHandler:
    def reconcile(self, key, desired, records, missing): ...  # type: ignore[no-untyped-def]


class GenericHandler(Generic[T]):
    def reconcile(
        self, key: str, desired: int, prev_possible_records: Collection[T], prev_may_be_missing: bool
    ) -> None: ...


class StaticHandler:
    @staticmethod
    def reconcile(
        key: str, desired: int, prev_possible_records: Collection[str], prev_may_be_missing: bool
    ) -> None: ...


def test_the_type_of_a_tracking_record_is_that_of_the_possible_ones() -> None:
    assert tracking_record_hint(Handler()) == tuple[str, int]
    assert tracking_record_hint(BareHandler()) is tracking_record_hint(object()) is Any
    assert tracking_record_hint(GenericHandler[int]()) in (Any, T)
    assert tracking_record_hint(StaticHandler()) is str
