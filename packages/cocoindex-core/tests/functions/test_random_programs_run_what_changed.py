"""In any history of arguments, context values and states of arguments, exactly what a change calls for runs again.

A simulation that knows only the documented rules says what that is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

import cocoindex as coco

TRIALS = 40
UPDATES = 7
COMPONENTS = "pqrst"
FUNCTIONS = range(8)
WATCHED = 3  # context keys with detect_change; the last one has it not

KEYS = [
    coco.ContextKey[Any](f"random_programs/{number}", detect_change=number < WATCHED) for number in range(WATCHED + 1)
]


class Model:
    """A context value that says by a state of its own whether results are still valid."""

    def __init__(self, name: str, weights: int) -> None:
        self.name, self.weights = name, weights

    def __coco_memo_key__(self) -> str:
        return self.name

    def __coco_memo_state__(self, before: Any) -> coco.MemoStateOutcome:
        return coco.MemoStateOutcome(state=self.weights, memo_valid=before == self.weights)


class Document:
    """An argument like a file: a new time with the same content changes nothing."""

    def __init__(self, number: int, time: int, content: int) -> None:
        self.number, self.time, self.content = number, time, content

    def __coco_memo_key__(self) -> int:
        return self.number

    def __coco_memo_state__(self, before: Any) -> coco.MemoStateOutcome:
        now = (self.time, self.content)
        if coco.is_non_existence(before):
            return coco.MemoStateOutcome(state=now, memo_valid=False)
        return coco.MemoStateOutcome(state=now, memo_valid=before[1] == self.content)


@dataclass
class Code:
    """What a function or component does: reads (a context key, or None for its document), then calls."""

    version: int  # an argument
    memo: bool
    is_async: bool
    reads: list[int | None]
    calls: list[tuple[int, bool]]  # the function, and whether it gets the document
    document: int | None = None  # of a component
    maps: bool = False


@dataclass
class World:
    functions: list[Code]
    components: dict[str, Code]
    context: list[tuple[str, int] | int]
    documents: list[tuple[int, int]]  # time, content

    @staticmethod
    def made(rng: random.Random) -> World:
        return World(
            [code(rng, number + 1) for number in FUNCTIONS],
            {name: component(rng) for name in COMPONENTS},
            [context(rng) for _ in KEYS],
            [(0, rng.randint(0, 3)) for _ in range(3)],
        )

    def change(self, rng: random.Random) -> None:
        for number, old in enumerate(self.functions):
            if rng.random() < 0.12:
                new = code(rng, number + 1)
                new.memo, new.is_async = old.memo, old.is_async
                self.functions[number] = new
        for name in COMPONENTS:
            if (chance := rng.random()) < 0.12:
                self.components[name] = component(rng)
            elif chance < 0.18:
                self.components.pop(name, None)
        self.context = [context(rng) if rng.random() < 0.2 else value for value in self.context]
        for number, (time, content) in enumerate(self.documents):
            if (chance := rng.random()) < 0.4:
                self.documents[number] = (time + 1, content if chance < 0.2 else rng.randint(0, 3))

    def document(self, number: int | None) -> Document | None:
        return None if number is None else Document(number, *self.documents[number])

    def provide(self, provider: coco.ContextProvider) -> None:
        for key, value in zip(KEYS, self.context, strict=True):
            provider.provide(key, Model(*value) if isinstance(value, tuple) else value)


def code(rng: random.Random, first: int) -> Code:
    """What calls only later functions, so that it ends."""
    called = sorted(set(rng.choices(range(first, 8), k=rng.randint(0, 2)))) if first < 8 else []
    reads = [rng.choice([0, 1, 2, 3, None]) for _ in range(rng.randint(0, 3))]
    calls = [(number, rng.random() < 0.5) for number in called]
    return Code(rng.randint(0, 10**9), rng.random() < 0.6, rng.random() < 0.5, reads, calls)


def component(rng: random.Random) -> Code:
    made = code(rng, 0)
    made.document, made.maps = rng.choice([None, 0, 1, 2]), rng.random() < 0.2
    return made


def context(rng: random.Random) -> tuple[str, int] | int:
    weights = rng.randint(0, 2)
    return (rng.choice("xy"), weights) if rng.random() < 0.5 else weights


class Program:
    """The app: its functions look up in the world what they do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ran: list[str] = []


program: Program


def read(what: Code, document: Document | None) -> list[Any]:
    def value(key: int | None) -> Any:
        if key is None:
            return None if document is None else document.content
        found = coco.use_context(KEYS[key])
        return found.weights if isinstance(found, Model) else found

    return [value(key) for key in what.reads]


def sync_body(number: int, version: int, document: Document | None) -> list[Any]:
    program.ran.append(f"function {number}")
    what = program.world.functions[number]
    found = read(what, document)
    for called, with_document in what.calls:
        inner = program.world.functions[called]
        if not inner.is_async:
            function = sync_memoized if inner.memo else sync_plain
            found.append(function(called, inner.version, document if with_document else None))
    return found


async def async_body(number: int, version: int, document: Document | None) -> list[Any]:
    program.ran.append(f"function {number}")
    what = program.world.functions[number]
    return read(what, document) + [await call(*each, document) for each in what.calls]


async def call(number: int, with_document: bool, document: Document | None) -> Any:
    what = program.world.functions[number]
    arguments = (number, what.version, document if with_document else None)
    if what.is_async:
        return await (async_memoized if what.memo else async_plain)(*arguments)
    return (sync_memoized if what.memo else sync_plain)(*arguments)


sync_plain: Callable[..., Any] = coco.fn(sync_body)
sync_memoized: Callable[..., Any] = coco.fn(memo=True)(sync_body)
async_plain: Callable[..., Any] = coco.fn(async_body)
async_memoized: Callable[..., Any] = coco.fn(memo=True)(async_body)


@coco.fn(memo=True)
async def mapped(number: int) -> Any:
    program.ran.append(f"mapped {number}")
    return read(Code(0, True, True, [0], []), None)


async def component_body(name: str, version: int, document: Document | None) -> list[Any]:
    program.ran.append(name)
    what = program.world.components[name]
    found = read(what, document) + [await call(*each, document) for each in what.calls]
    if what.maps:
        found.append(await coco.map(mapped, range(3)))
    return found


plain_component: Any = coco.fn(component_body)
memoized_component: Any = coco.fn(memo=True)(component_body)


@coco.fn
async def main() -> None:
    for name, what in program.world.components.items():
        function = memoized_component if what.memo else plain_component
        path = coco.component_subpath(name)
        await coco.mount(path, function, name, what.version, program.world.document(what.document))


@dataclass
class Memo:
    """What is remembered of a call, or of a component, and what it depends on, through calls, too."""

    key: Any
    context: dict[int, Any] = field(default_factory=dict)
    contents: dict[int, int] = field(default_factory=dict)
    calls: list[Any] = field(default_factory=list)

    def depend_on(self, other: Memo) -> None:
        self.context.update(other.context)
        self.contents.update(other.contents)


class Simulation:
    """Says what an update runs. Calls are remembered for each component, as long as a run or a hit needs them."""

    def __init__(self) -> None:
        self._components: dict[str, Memo] = {}
        self._calls: dict[str, dict[Any, Memo]] = {}

    def update(self, world: World) -> list[str]:
        self._world, self._ran = world, list[str]()
        for gone in self._components.keys() - world.components.keys():
            del self._components[gone], self._calls[gone]
        for name, what in world.components.items():
            memo = Memo((what.version, what.document, what.memo))
            before = self._components.get(name)
            if what.memo and before is not None and before.key == memo.key and self._is_valid(before):
                continue
            self._before, self._now = self._calls.get(name, {}), dict[Any, Memo]()
            self._run(name, what, what.document, memo, only_sync=False)
            for number in range(3) if what.maps else ():
                self._call(("mapped", number), Code(0, True, True, [0], []), None, memo, f"mapped {number}")
            self._components[name], self._calls[name] = memo, self._now
        return sorted(self._ran)

    def _is_valid(self, memo: Memo) -> bool:
        return all(self._world.context[key] == value for key, value in memo.context.items()) and all(
            self._world.documents[number][1] == content for number, content in memo.contents.items()
        )

    def _run(self, name: str, what: Code, document: int | None, memo: Memo, *, only_sync: bool) -> None:
        self._ran.append(name)
        if document is not None and (what.memo or not name.startswith("function")):
            memo.contents[document] = self._world.documents[document][1]
        memo.context.update({key: self._world.context[key] for key in what.reads if key is not None and key < WATCHED})
        for number, with_document in what.calls:
            inner = self._world.functions[number]
            if not (only_sync and inner.is_async):
                given = document if with_document else None
                self._call((number, inner.version, given), inner, given, memo, f"function {number}")

    def _call(self, key: Any, what: Code, document: int | None, caller: Memo, name: str) -> None:
        if not what.memo:
            self._run(name, what, document, caller, only_sync=not what.is_async)
            return
        memo = self._now.get(key) or self._before.get(key)
        if memo is not None and self._is_valid(memo):
            self._keep(memo)
        else:
            memo = Memo(key)
            self._run(name, what, document, memo, only_sync=not what.is_async)
            self._now[key] = memo
        caller.depend_on(memo)
        caller.calls.append(key)

    def _keep(self, memo: Memo) -> None:
        self._now[memo.key] = memo
        for key in memo.calls:
            if key in self._before and key not in self._now:
                self._keep(self._before[key])


@pytest.mark.parametrize("part", range(3))
def test_exactly_what_a_change_calls_for_runs_again(env: coco.Environment, part: int) -> None:
    global program
    hits = 0
    for seed in range(part * TRIALS, (part + 1) * TRIALS):
        rng = random.Random(seed)
        simulation, program = Simulation(), Program(World.made(rng))
        app = coco.App(coco.AppConfig(f"app {seed}", environment=env), main)
        for update in range(UPDATES):
            program.ran.clear()
            program.world.provide(env.context_provider)
            app.update_blocking()
            expected = simulation.update(program.world)
            assert sorted(program.ran) == expected, (seed, update)
            hits += len(program.world.components) - sum(name in COMPONENTS for name in expected)
            if rng.random() < 0.85:
                program.world.change(rng)
    assert hits > TRIALS * UPDATES / 2
