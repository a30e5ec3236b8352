"""What memoized results depend on may nest however deep, and be shared however often."""

from __future__ import annotations

import pathlib

import cocoindex as coco
from cocoindex import inspect
from cocoindex._engine.context_states import ContextStates
from cocoindex._engine.deps import DepsTable
from cocoindex._engine.facts import Facts
from cocoindex._runtime.context import ContextProvider
from cocoindex._runtime.scope import Frame
from cocoindex._store.memory_store import MemoryDatabase

DEEP = 10_000


def test_a_chain_of_calls_that_grows_with_each_update(tmp_path: pathlib.Path) -> None:
    days, runs = 0, 0

    @coco.fn(memo=True)
    def total(day: int) -> int:
        nonlocal runs
        runs += 1
        return total(day - 1) + day if day else 0

    @coco.fn
    async def main() -> int:
        return total(days)

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("app", environment=environment), main)
    for days in range(0, 1201, 40):
        assert app.update_blocking() == days * (days + 1) // 2
    assert runs == days + 1
    assert (tmp_path / "store" / "data.mdb").stat().st_size < 2 << 20  # not by each call all those inside it
    assert app.update_blocking() == days * (days + 1) // 2 and runs == days + 1
    assert [str(path) for path in inspect.list_stable_paths_sync(app)] == ["/"]
    app.drop_blocking()
    assert inspect.list_stable_paths_sync(app) == []
    environment.close()


class Context(ContextStates):
    """Context values of which some have changed since the sets were made."""

    changed: str = ""

    def change_fingerprint(self, name: str) -> bytes:
        return b"changed" if name == self.changed else b""


class Table:
    """A table of sets, and the sets that are put into it."""

    def __init__(self) -> None:
        self.facts = Facts(MemoryDatabase().open_app("app"))
        self.context = Context(self.facts, ContextProvider())
        self.deps = DepsTable(self.facts, self.context)

    def put(self, name: str, nested: set[bytes]) -> bytes:
        frame = Frame()
        frame.context, frame.nested = {(name, b"")}, nested
        return self.deps.intern(frame)

    def layers(self, first: str) -> bytes:
        """Sets in pairs, both nested in both of the next pair: two to the power of `DEEP` ways to the first."""
        left, right = self.put(first, set()), self.put("right", set())
        for level in range(DEEP // 2):
            left, right = self.put(f"left {level}", {left, right}), self.put(f"right {level}", {left, right})
        return left


def test_sets_in_sets() -> None:
    table = Table()
    key = table.layers("first")
    flat = table.deps.flattened(key)
    assert len(flat.context) == DEEP + 1 and ("first", b"") in flat.context and not flat.nested


def test_whether_sets_in_sets_hold() -> None:
    table = Table()
    key = table.layers("first")
    assert table.deps.valid(key)
    table.context.changed = "first"
    assert table.deps.valid(key)  # validated once, until that is forgotten
    table.deps.forget()
    assert not table.deps.valid(key)
