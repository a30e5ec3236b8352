"""A change-detected context value with memo states is asked once an update; if it changed, its readers run again."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.testing import RecordingTarget

MODEL = coco.ContextKey[Any]("test/model", detect_change=True)
OTHER = coco.ContextKey[Any]("test/other", detect_change=True)
UNWATCHED = coco.ContextKey[Any]("test/unwatched")
FIRST = coco.NON_EXISTENCE


class Model:
    """A model whose weights may change behind its name."""

    def __init__(self, name: str = "m", weights: int = 1) -> None:
        self.name = name
        self.weights = weights
        self.valid: Callable[[Any], bool] = lambda prev: prev == self.weights
        self.asked: list[Any] = []

    def __coco_memo_key__(self) -> str:
        return self.name

    def __coco_memo_state__(self, prev: int | coco.NonExistenceType) -> coco.MemoStateOutcome:
        self.asked.append(prev)
        return coco.MemoStateOutcome(self.weights, memo_valid=self.valid(prev))


class Remote(Model):
    """A model that is asked over a network, together with others."""

    together: asyncio.Barrier | None = None

    async def __coco_memo_state__(self, prev: int | coco.NonExistenceType) -> coco.MemoStateOutcome:  # type: ignore[override]  # async
        if self.together is not None:
            await asyncio.wait_for(self.together.wait(), 60)
        return super().__coco_memo_state__(prev)


def readers(log: list[str], key: coco.ContextKey[Any] = MODEL) -> Any:
    """A main function with readers of all kinds: a component, a call, a child of a memoized parent."""

    def read(who: str) -> int:
        log.append(who)
        value = coco.use_context(key)
        while not isinstance(value, Model):
            value = next(iter(value.values())) if isinstance(value, dict) else value[0]
        return value.weights

    @coco.fn(memo=True)
    def call() -> int:
        return read("call")

    @coco.fn(memo=True)
    async def component() -> int:
        return read("component")

    @coco.fn
    def child() -> None:
        read("child")

    @coco.fn(memo=True)
    async def parent() -> None:
        log.append("parent")
        await coco.mount(child)

    @coco.fn(memo=True)
    async def reads_nothing() -> None:
        log.append("nothing")

    async def main() -> Any:
        await coco.mount(parent)
        await coco.mount(reads_nothing)
        return call(), await coco.use_mount(component)

    return main


ALL = ["call", "child", "component", "nothing", "parent"]
READERS = ["call", "child", "component", "parent"]


@pytest.mark.parametrize("kind", [Model, Remote])
def test_a_change_runs_all_readers_again_and_only_them(make_app: Any, env: coco.Environment, kind: type[Model]) -> None:
    log: list[str] = []
    model = env.context_provider.provide(MODEL, kind())
    app = make_app(readers(log))
    seen = []
    for weights in (1, 1, 2, 2):
        model.weights = weights
        result = app.update_blocking()
        seen.append((result, sorted(log)))
        log.clear()
    assert seen == [((1, 1), ALL), ((1, 1), []), ((2, 2), READERS), ((2, 2), [])]
    assert model.asked == [FIRST, 1, 1, 2]


def test_a_new_object_for_the_same_thing_goes_on_from_the_stored_state(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    app = make_app(readers(log))
    asked = []
    for weights in (1, 1, 2):
        model = env.context_provider.provide(MODEL, Model(weights=weights))
        app.update_blocking()
        asked += model.asked
    assert asked == [FIRST, 1, 1] and sorted(log) == sorted(ALL + READERS)


def test_a_changed_state_that_is_valid_is_stored_and_runs_nothing(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    model = env.context_provider.provide(MODEL, Model())
    app = make_app(readers(log))
    app.update_blocking()
    log.clear()
    model.weights, model.valid = 2, lambda prev: True
    app.update_blocking()
    model.weights = 3
    app.update_blocking()
    assert log == [] and model.asked == [FIRST, 1, 2]


def test_answers_are_awaited_together(make_app: Any, env: coco.Environment) -> None:
    together = asyncio.Barrier(3)
    for key, value in ((MODEL, (Remote("a"), {"b": Remote("b")})), (OTHER, Remote("c"))):
        env.context_provider.provide(key, value)
    for model in (env.get_context(MODEL)[0], env.get_context(MODEL)[1]["b"], env.get_context(OTHER)):
        model.together = together

    async def main() -> str:
        return "ran"

    assert make_app(main).update_blocking() == "ran"


@dataclasses.dataclass
class Registered:
    weights: int


def test_registered_state_functions_and_values_that_contain_them(make_app: Any, env: coco.Environment) -> None:
    coco.register_memo_key_function(
        Registered,
        lambda model: "registered",
        state_fn=lambda model, prev: coco.MemoStateOutcome(model.weights, memo_valid=model.weights == prev),
    )
    log: list[str] = []
    models = [Registered(1), Registered(1)]
    env.context_provider.provide(MODEL, {"models": [Model(), *models]})
    app = make_app(readers(log))
    app.update_blocking()
    models[1].weights = 2
    app.update_blocking()
    app.update_blocking()
    assert sorted(log) == sorted(ALL + READERS)


def test_another_value_begins_anew_also_when_the_first_one_comes_back(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    app = make_app(readers(log))
    asked: list[Any] = []
    for name, weights in (("a", 1), ("b", 1), ("a", 2), ("a", 2)):
        model = env.context_provider.provide(MODEL, Model(name, weights))
        result = app.update_blocking()
        assert result == (weights, weights)
        asked += model.asked
    assert asked == [FIRST, FIRST, FIRST, 2] and log.count("call") == 3


def test_full_reprocess_asks_as_for_the_first_time(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    model = env.context_provider.provide(MODEL, Model())
    app = make_app(readers(log))
    app.update_blocking()
    app.update_blocking(full_reprocess=True)
    app.update_blocking()
    assert model.asked == [FIRST, FIRST, 1] and sorted(log) == sorted(ALL + ALL)


def test_a_preview_asks_and_remembers_nothing(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    model = env.context_provider.provide(MODEL, Model())
    app = make_app(readers(log))
    app.update_blocking()
    model.weights = 2
    log.clear()
    app.update_blocking(preview=True)
    app.update_blocking()
    assert model.asked == [FIRST, 1, 1] and sorted(log) == sorted(READERS + READERS)


def test_each_app_has_states_of_its_own(make_app: Any, env: coco.Environment) -> None:
    logs: dict[str, list[str]] = {"one": [], "two": []}
    model = env.context_provider.provide(MODEL, Model())
    apps = [make_app(readers(log), name=name) for name, log in logs.items()]
    for app in apps:
        app.update_blocking()
    model.weights = 2
    apps[0].update_blocking()
    apps[0].update_blocking()
    apps[1].update_blocking()
    assert model.asked == [FIRST, FIRST, 1, 2, 1]
    assert all(sorted(log) == sorted(ALL + READERS) for log in logs.values())


def test_a_component_that_fails_after_a_change_runs_in_the_next_update(make_app: Any, env: coco.Environment) -> None:
    target = RecordingTarget()
    model = env.context_provider.provide(MODEL, Model())

    @coco.fn(memo=True)
    def child() -> None:
        target.declare("row", coco.use_context(MODEL).weights)

    async def main() -> None:
        await coco.mount(child)

    app = make_app(main)
    app.update_blocking()
    model.weights = 2
    target.fail_keys.add("row")
    app.update_blocking()
    target.fail_keys.clear()
    app.update_blocking()
    assert target.data == {"row": 2}


def test_keys_without_change_detection_are_not_asked(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    model = env.context_provider.provide(UNWATCHED, Model())
    app = make_app(readers(log, UNWATCHED))
    app.update_blocking()
    model.weights = 2
    app.update_blocking()
    assert model.asked == [] and sorted(log) == ALL


def test_a_value_that_is_provided_during_an_update_is_asked_in_the_next(make_app: Any, env: coco.Environment) -> None:
    log: list[str] = []
    env.context_provider.provide(MODEL, Model("a"))
    late = Model("b")
    inner = readers(log)

    async def main() -> Any:
        env.context_provider.provide(MODEL, late)
        return await inner()

    app = make_app(main)
    for _ in range(3):
        app.update_blocking()
    assert late.asked == [FIRST, 1] and log.count("call") == 2


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    value: int = 1


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


RAISED = [
    ValueError("plain"),
    BaseException("base"),
    BaseExceptionGroup("group", [KeyboardInterrupt()]),
    Frozen(),
    Unprintable(),
    StopIteration(1),
    GeneratorExit(),
    SystemExit(3),
    asyncio.CancelledError(),
]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("exc", RAISED, ids=lambda exc: type(exc).__name__)
def test_a_state_function_that_fails_is_one_error_before_anything_runs(
    make_app: Any, env: coco.Environment, exc: BaseException, is_async: bool
) -> None:
    log: list[str] = []

    def fail(prev: Any) -> bool:
        raise exc

    model = env.context_provider.provide(MODEL, Remote() if is_async else Model())
    usual = model.valid
    app = make_app(readers(log))
    app.update_blocking()
    log.clear()
    model.weights, model.valid = 2, fail
    with pytest.raises(
        errors.ContextStateError, match=r"memo state function of .*the context key 'test/model'"
    ) as caught:
        app.update_blocking()
    assert caught.value.__cause__ is not None and log == []
    model.valid = usual
    assert app.update_blocking() == (2, 2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(3, "returned 3"), (coco.MemoStateOutcome(1, recollect_after_run=True), "recollect_after_run")],
)
def test_wrong_answers(make_app: Any, env: coco.Environment, answer: Any, said: str) -> None:
    class Wrong:
        def __coco_memo_state__(self, prev: Any) -> Any:
            return answer

    env.context_provider.provide(MODEL, Wrong())
    with pytest.raises(errors.ContextStateError, match=f"of .*Wrong.*'test/model'.*{said}"):
        make_app(lambda: None).update_blocking()


def test_a_state_that_is_known_only_after_the_run_cannot_be_one(make_app: Any, env: coco.Environment) -> None:
    class Late:
        def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
            return coco.MemoStateOutcome(1, recollect_after_run=True)

    env.context_provider.provide(MODEL, Late())
    with pytest.raises(errors.ContextStateError, match="recollect_after_run, which only works for arguments"):
        make_app(lambda: None).update_blocking()
