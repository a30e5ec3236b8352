"""`coco.use_state`: a value that a component keeps from run to run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.testing import RecordingTarget

Make = Callable[..., coco.App[..., Any]]


def counting(app: coco.App[..., Any], times: int, **options: Any) -> list[Any]:
    return [app.update_blocking(**options) for _ in range(times)]


def test_the_first_run_finds_the_initial_value_and_later_ones_what_was_assigned(make_app: Make) -> None:
    async def main() -> int:
        counter = coco.use_state("counter", 0)
        counter.value += 1
        return counter.value

    app = make_app(main)
    assert counting(app, 3) == [1, 2, 3]
    assert app.update_blocking(full_reprocess=True) == 1


def test_without_an_initial_value_it_is_none(make_app: Make) -> None:
    async def main() -> Any:
        return coco.use_state("x").value

    assert make_app(main).update_blocking() is None


def test_an_initial_value_is_kept_as_it_was_at_the_first_run(make_app: Make) -> None:
    runs: list[int] = []

    async def main() -> int:
        runs.append(len(runs))
        return coco.use_state("x", runs[-1]).value

    assert counting(make_app(main), 3) == [0, 0, 0]


def test_the_value_is_stored_as_it_is_at_the_commit(make_app: Make) -> None:
    async def main() -> list[int]:
        state = coco.use_state("x", list[int]())
        found = list(state.value)
        state.value = state.value
        state.value.append(len(found))
        return found

    assert counting(make_app(main), 3) == [[], [0], [0, 1]]


def test_a_value_that_was_read_and_not_assigned_is_not_stored_again(make_app: Make) -> None:
    async def main() -> list[int]:
        state = coco.use_state("x", list[int]())
        found = list(state.value)
        state.value.append(len(found))
        return found

    assert counting(make_app(main), 3) == [[], [0], [0]]


def test_a_key_that_a_run_does_not_ask_for_is_forgotten(make_app: Make) -> None:
    runs: list[int] = []

    async def main() -> int:
        runs.append(1)
        if len(runs) == 3:
            return -1
        state = coco.use_state("x", 0)
        state.value += 1
        return state.value

    assert counting(make_app(main), 5) == [1, 2, -1, 1, 2]


def test_a_run_that_fails_leaves_what_was_there(make_app: Make) -> None:
    fail = False

    async def main() -> int:
        state = coco.use_state("x", 0)
        state.value += 1
        if fail:
            raise KeyError("fails")
        return state.value

    app = make_app(main)
    app.update_blocking()
    fail = True
    with pytest.raises(KeyError):
        app.update_blocking()
    fail = False
    assert app.update_blocking() == 2


def test_a_run_whose_target_fails_leaves_what_was_there(make_app: Make) -> None:
    target = RecordingTarget()
    seen: list[int] = []

    async def main() -> None:
        state = coco.use_state("x", 0)
        state.value += 1
        seen.append(state.value)
        target.declare("row", state.value)

    app = make_app(main)
    app.update_blocking()
    target.fail_keys.add("row")
    with pytest.raises(RuntimeError, match="row"):
        app.update_blocking()
    target.fail_keys.clear()
    app.update_blocking()
    assert seen == [1, 2, 2] and target.data == {"row": 2}


def test_each_component_has_states_of_its_own_which_go_with_it(make_app: Make) -> None:
    keys = ["a", "b"]
    seen: dict[str, int] = {}

    @coco.fn
    def child(key: str) -> None:
        state = coco.use_state("count", 0)
        state.value += 1
        seen[key] = state.value

    async def main() -> None:
        await coco.mount_each(child, [(key, key) for key in keys])

    app = make_app(main)
    counting(app, 2)
    keys.remove("b")
    app.update_blocking()
    assert seen == {"a": 3, "b": 2}
    keys.append("b")
    app.update_blocking()
    assert seen == {"a": 4, "b": 1}


def test_a_memoized_component_keeps_its_states_while_it_is_skipped(make_app: Make) -> None:
    argument = 1

    @coco.fn(memo=True)
    async def child(x: int) -> int:
        state = coco.use_state("count", 0)
        state.value += 1
        return state.value

    async def main() -> Any:
        return await coco.use_mount(child, argument)

    app = make_app(main)
    assert counting(app, 2) == [1, 1]
    argument = 2
    assert counting(app, 2) == [2, 2]


def test_states_and_memoized_calls_lie_side_by_side(make_app: Make) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def call(x: int) -> int:
        runs.append(x)
        return x

    async def main() -> int:
        state = coco.use_state("x", 0)
        state.value += call(1) + call(2)
        return state.value

    assert counting(make_app(main), 3) == [3, 6, 9]
    assert runs == [1, 2]


@dataclass
class Cursor:
    position: int
    tag: str


def test_a_type_hint_rebuilds_the_value(make_app: Make) -> None:
    async def main() -> tuple[Any, Any]:
        typed = coco.use_state("typed", Cursor(0, "a"), type_hint=Cursor)
        bare = coco.use_state("bare", Cursor(0, "a"))
        found = typed.value, bare.value
        typed.value = Cursor(typed.value.position + 1, "b")
        return found

    app = make_app(main)
    assert app.update_blocking() == (Cursor(0, "a"), Cursor(0, "a"))
    assert app.update_blocking() == (Cursor(1, "b"), {"position": 0, "tag": "a"})


def test_keys_are_told_apart_by_their_types(make_app: Make) -> None:
    keys: list[coco.StableKey] = [1, True, "1", None, (1, "a"), b"1"]

    async def main() -> list[Any]:
        states = [coco.use_state(key, repr(key)) for key in keys]
        return [state.value for state in states]

    app = make_app(main)
    assert counting(app, 2) == [[repr(key) for key in keys]] * 2


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("subpath", r"component_subpath\(\)` block"),
        ("memo", "inside a memoized function"),
        ("twice", "twice for one key"),
    ],
)
def test_where_it_cannot_be_kept_it_raises(make_app: Make, where: str, said: str) -> None:
    @coco.fn(memo=True)
    def memoized() -> None:
        coco.use_state("x")

    async def main() -> None:
        coco.use_state("y")
        if where == "subpath":
            with coco.component_subpath("a"):
                coco.use_state("x")
        elif where == "memo":
            memoized()
        else:
            coco.use_state("y")

    with pytest.raises(errors.StateKeyError, match=said) as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, RuntimeError)


def test_outside_a_component_it_raises() -> None:
    with pytest.raises(errors.NoComponentError, match=r"coco.use_state\(\)"):
        coco.use_state("x")


@pytest.mark.parametrize("key", [1.5, ["a"], object()])
def test_a_key_that_is_none_is_refused(make_app: Make, key: Any) -> None:
    async def main() -> None:
        coco.use_state(key)

    with pytest.raises(errors.InvalidStableKeyError):
        make_app(main).update_blocking()


def test_a_value_that_cannot_be_stored_fails_the_commit_and_names_the_state(make_app: Make) -> None:
    async def main() -> None:
        coco.use_state("lock").value = threading.Lock()

    with pytest.raises(
        errors.SerializationError, match=r"the state 'lock' of component / cannot be stored.*_thread.lock"
    ):
        make_app(main).update_blocking()


def test_a_stored_value_that_is_no_such_type_is_an_error_that_says_how_to_begin_again(make_app: Make) -> None:
    hint: Any = str

    async def main() -> Any:
        return coco.use_state("x", "text", type_hint=hint).value

    app = make_app(main)
    app.update_blocking()
    hint = int
    with pytest.raises(errors.DeserializationError, match=r"the stored state 'x' of component / .*full_reprocess=True"):
        app.update_blocking()
    hint = str
    assert app.update_blocking() == "text"


def test_a_stored_value_that_cannot_be_read_can_be_replaced_and_stays_as_it_is_until_then(make_app: Make) -> None:
    hint: Any = str
    value: Any = None
    shown: list[str] = []

    async def main() -> None:
        state = coco.use_state("x", "text", type_hint=hint)
        shown.append(repr(state))
        if value is not None:
            state.value = value
            shown.append(repr(state.value))

    app = make_app(main)
    app.update_blocking()
    hint = int
    app.update_blocking()
    hint = str
    app.update_blocking()
    hint, value = int, 5
    counting(app, 2)
    unread = "StateHandle('x', value=<not read yet>)"
    assert shown == ["StateHandle('x', value='text')", unread, unread, unread, "5", unread, "5"]


@pytest.mark.parametrize("hint", [int, list[str], errors.CocoIndexError])
def test_none_is_read_as_none_whatever_the_type(make_app: Make, hint: Any) -> None:
    def main() -> Any:
        return coco.use_state("x", type_hint=int).value

    assert counting(make_app(main), 2) == [None, None]


@pytest.mark.parametrize(("hint", "value"), [(int, "text"), (list[int], [1, "text"]), (list[int], 1)])
def test_a_value_that_the_next_run_could_not_read_fails_the_run_that_leaves_it(
    make_app: Make, hint: Any, value: Any
) -> None:
    values: list[Any] = []

    def initial() -> None:
        coco.use_state("x", value, type_hint=hint)

    def assigned() -> Any:
        state = coco.use_state("x", type_hint=hint)
        if values:
            state.value = values[0]
        return state.value

    said = r"the state 'x' of component / cannot be stored: the value .* could not read it as the type_hint"
    with pytest.raises(errors.SerializationError, match=said):
        make_app(initial, name="initial").update_blocking()
    app = make_app(assigned)
    app.update_blocking()
    values.append(value)
    with pytest.raises(errors.SerializationError, match=said):
        app.update_blocking()
    values.clear()
    assert app.update_blocking() is None


@pytest.mark.parametrize("wrong", [5, "int", [int], coco.component_subpath("x")])
def test_a_type_hint_that_is_no_type(make_app: Make, wrong: Any) -> None:
    with pytest.raises(errors.DeserializationError, match=r"type_hint= of coco\.use_state\('x'\) is"):
        make_app(lambda: coco.use_state("x", 1, type_hint=wrong)).update_blocking()


def test_assigning_after_the_run_raises(make_app: Make) -> None:
    handles: list[coco.StateHandle[int]] = []

    async def child() -> None:
        handles.append(coco.use_state("x", 1))

    async def main() -> None:
        await coco.use_mount(child)
        handles[0].value = 2

    with pytest.raises(
        errors.StateClosedError, match=r"the state \'x\' was assigned after its component /@child had run"
    ):
        make_app(main).update_blocking()
    assert handles[0].value == 1 and repr(handles[0]) == "StateHandle('x', value=1)"
