"""Bad input gets one clear error that says what, where and what to do; the next update converges."""

from __future__ import annotations

import asyncio
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.testing import RecordingTarget


@pytest.mark.parametrize("part", [1.5, object(), ["a"], {"a": 1}, pathlib.Path("x")])
def test_path_part_that_is_no_stable_key(part: Any) -> None:
    with pytest.raises(errors.InvalidStableKeyError, match=type(part).__name__) as caught:
        coco.component_subpath("ok", part)
    assert isinstance(caught.value, TypeError)


def test_same_path_mounted_twice_is_named(make_app: Any) -> None:
    @coco.fn
    async def child() -> None: ...

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("a", 1), child)
        await coco.mount(coco.component_subpath("a", 1), child)

    with pytest.raises(errors.PathExistsError, match='/"a"/1') as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, ValueError)


def test_same_key_twice_in_mount_each_is_named(make_app: Any) -> None:
    @coco.fn
    async def child(value: int) -> None: ...

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [("k", 1), ("k", 2)])

    with pytest.raises(errors.PathExistsError, match='/@child/"k"'):
        make_app(main).update_blocking()


def test_two_apps_of_one_name(make_app: Any) -> None:
    async def main() -> None: ...

    first = make_app(main, name="twin")
    with pytest.raises(errors.AppExistsError, match="twin"):
        make_app(main, name="twin")
    assert first.name == "twin"


def test_state_declared_twice(make_app: Any) -> None:
    target = RecordingTarget("bad_input/rows")

    @coco.fn
    async def main() -> None:
        target.declare("k", 1)
        target.declare("k", 2)

    with pytest.raises(errors.TargetStateError, match=r'bad_input/rows.*"k".*twice.*component /'):
        make_app(main).update_blocking()
    assert target.data == {}


def test_mount_inside_a_memoized_call(make_app: Any) -> None:
    @coco.fn
    async def child() -> None: ...

    @coco.fn(memo=True)
    async def called() -> None:
        await coco.mount(child)

    @coco.fn
    async def main() -> None:
        await called()

    with pytest.raises(errors.MountError, match="memo=True"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("name", ["mount", "use_mount", "mount_each"])
def test_mount_functions_outside_a_component(name: str) -> None:
    async def child(*args: Any) -> None: ...

    args: dict[str, Any] = {"mount_each": (child, [])}
    with pytest.raises(errors.NoComponentError, match=f"coco.{name}\\(\\)") as caught:
        asyncio.run(getattr(coco, name)(*args.get(name, (child,))))
    assert isinstance(caught.value, RuntimeError)


def test_declaring_and_reading_context_outside_a_component() -> None:
    target = RecordingTarget()
    with pytest.raises(errors.NoComponentError):
        target.declare("k", 1)
    with pytest.raises(errors.NoComponentError):
        coco.use_context(coco.ContextKey[int]("k"))


def test_context_key_without_a_value_is_named(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        coco.use_context(coco.ContextKey[int]("missing/key"))

    with pytest.raises(errors.ContextKeyError, match="missing/key") as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, KeyError)


class _Handler:
    """A handler that answers whatever it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
        return self.answer(key, desired) if callable(self.answer) else self.answer


def declaring(name: str, answer: Any) -> Any:
    provider: Any = coco.register_root_target_states_provider(name, _Handler(answer))

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("k", 1))

    return main


@pytest.mark.parametrize("nonsense", [5, "x", object(), (1, 2, 3)])
def test_handler_that_returns_nonsense(make_app: Any, nonsense: Any) -> None:
    with pytest.raises(errors.TargetHandlerError, match=r"_Handler returned .*bad/handler") as caught:
        make_app(declaring("bad/handler", nonsense)).update_blocking()
    assert isinstance(caught.value, TypeError)


def test_handler_without_reconcile() -> None:
    with pytest.raises(errors.TargetHandlerError, match=r"bad/none.*a object, has no reconcile\(\)"):
        coco.register_root_target_states_provider("bad/none", object())  # type: ignore[arg-type]


def test_handler_that_raises(make_app: Any) -> None:
    def answer(key: Any, desired: Any) -> Any:
        raise ZeroDivisionError("in reconcile")

    with pytest.raises(ZeroDivisionError, match="in reconcile"):
        make_app(declaring("bad/raises", answer)).update_blocking()


@pytest.mark.filterwarnings("ignore:.*ChildTargetDef:DeprecationWarning")
def test_sink_that_returns_the_wrong_number_of_children(make_app: Any) -> None:
    sink = coco.TargetActionSink.from_fn(lambda context, actions: [coco.ChildTargetDef(_Handler(None))] * 3)
    provider: Any = coco.register_root_target_states_provider(
        "bad/children", _Handler(lambda key, desired: coco.TargetReconcileOutput(1, sink, 1))
    )

    @coco.fn
    async def main() -> None:
        await coco.mount_target(provider.target_state("t", 1))

    with pytest.raises(errors.TargetStateError, match="3 child definitions for 1 actions"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("nonsense", ["x", ["x"], {"x": 1}, 5])
def test_sink_that_returns_no_children(make_app: Any, nonsense: Any) -> None:
    sink: Any = coco.TargetActionSink.from_fn(lambda context, actions: nonsense)
    provider: Any = coco.register_root_target_states_provider(
        "bad/no_children", _Handler(lambda key, desired: coco.TargetReconcileOutput(1, sink, 1))
    )

    @coco.fn
    async def main() -> None:
        await coco.mount_target(provider.target_state("t", 1))

    with pytest.raises(errors.TargetStateError, match=r"returned .*x.* for 1 actions|returned 5 for 1 actions"):
        make_app(main).update_blocking()


def test_pending_target_says_that_it_is_pending(make_app: Any) -> None:
    provider: Any = coco.register_root_target_states_provider("bad/pending", _Handler(None))

    @coco.fn
    async def main() -> None:
        table: Any = coco.declare_target_state_with_child(provider.target_state("t", 1))
        coco.declare_target_state(table.target_state("row", 1))

    with pytest.raises(errors.PendingTargetError, match="pending") as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, RuntimeError)


def test_unpicklable_memo_value_names_the_type_and_the_next_update_converges(make_app: Any) -> None:
    target = RecordingTarget()
    odd: list[Any] = [object]

    @coco.fn(memo=True)
    async def child() -> Any:
        target.declare("k", 1)
        return odd[0]() if odd else 1

    @coco.fn
    async def main() -> Any:
        return await coco.use_mount(child)

    app = make_app(main)
    with pytest.raises(
        errors.SerializationError, match=r"the result of .*child in component /@child, .*builtins\.object"
    ):
        app.update_blocking()
    assert target.data == {}
    odd.clear()
    assert app.update_blocking() == 1
    assert target.data == {"k": 1}


def test_unpicklable_result_of_a_memoized_call_names_function_and_component(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def called() -> Any:
        return [object()]

    @coco.fn
    async def child() -> None:
        await called()

    @coco.fn
    async def main() -> None:
        await coco.use_mount(coco.component_subpath("deep"), child)

    with pytest.raises(errors.SerializationError, match='called in component /"deep"') as caught:
        make_app(main).update_blocking()
    assert caught.value.path == "[0]"


def test_unpicklable_tracking_record_names_the_target_state(make_app: Any) -> None:
    sink = coco.TargetActionSink.from_fn(lambda context, actions: None)
    main = declaring("bad/record", lambda key, desired: coco.TargetReconcileOutput(1, sink, object()))
    with pytest.raises(errors.SerializationError, match=r'the target state /@bad/record/"k" .*builtins\.object'):
        make_app(main).update_blocking()


def test_memo_argument_that_cannot_be_a_key_fails_that_component_alone(make_app: Any, caplog: Any) -> None:
    class Generator(coco.NotMemoKeyable):
        pass

    target = RecordingTarget()

    @coco.fn(memo=True)
    async def child(value: Any) -> None:
        target.declare("k", 1)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [("bad", Generator()), ("good", 1)])

    make_app(main).update_blocking()
    assert target.data == {"k": 1}
    assert "Generator" in caplog.text


def test_no_db_path_names_the_variable_and_the_setting(default_env_without_a_path: None) -> None:
    async def main() -> None: ...

    app = coco.App("no db path", main)
    with pytest.raises(errors.MissingDbPathError, match=r"COCOINDEX_DB.*db_path"):
        app.update_blocking()


def test_blocking_call_under_a_running_loop_names_the_async_form(make_app: Any) -> None:
    async def main() -> None: ...

    app = make_app(main)

    async def inside() -> None:
        app.update_blocking()

    with pytest.raises(errors.BlockingInLoopError, match=r"await app.update\(\)"):
        asyncio.run(inside())


def test_second_process_is_told_who_has_the_app(tmp_path: pathlib.Path) -> None:
    program = """
import asyncio, os, pathlib, subprocess, sys
import cocoindex as coco
env = coco.Environment(coco.Settings(db_path=pathlib.Path(sys.argv[1])))
async def main():
    if len(sys.argv) == 2:
        done = subprocess.run([sys.executable, __file__, sys.argv[1], "again"], capture_output=True, text=True)
        print(os.getpid(), done.returncode, done.stderr.splitlines()[-1])
coco.App(coco.AppConfig("shared", environment=env), main).update_blocking()
"""
    file = tmp_path / "program.py"
    file.write_text(program)
    done = subprocess.run([sys.executable, file, tmp_path / "db"], capture_output=True, text=True, check=True)
    pid, code, message = done.stdout.split(" ", 2)
    assert code == "1" and "AppLockedError" in message and pid in message


def test_unreadable_record_fails_its_component_alone(tmp_path: pathlib.Path, caplog: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child(value: int) -> None:
        target.declare(value, value)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("one"), child, 1)
        await coco.mount(coco.component_subpath("two"), child, 2)

    env = coco.Environment(coco.Settings(db_path=tmp_path / "db"))
    app = coco.App(coco.AppConfig("app", environment=env), main)
    app.update_blocking()
    store = env._opened_database().open_app("app")
    [key] = [key for key in store.scan_keys(b"C") if b"one" in key]
    store.apply({key: b"\x01garbage"})
    target.data.clear()
    app.update_blocking(full_reprocess=True)
    assert target.data == {2: 2}
    assert '/"one"' in caplog.text and "cannot be read" in caplog.text
    env.close()
