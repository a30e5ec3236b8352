"""The program has a place in whatever the engine calls of its users: this compares what it has with what there is."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import cocoindex as coco
from cocoindex._live import protocols

from . import codecs, further, holdings, live, program, targets, world
from .trial import Known

MODULES: list[ModuleType] = [codecs, further, holdings, live, program, targets, world]
CORE = Path(inspect.getfile(coco)).parent

#: Functions of the program that only the program calls, that the engine only looks for, or that call one which is a
#: place.
NO_PLACES = {
    *("declare", "environment", "mount_further", "mount_live", "failing"),
    *("_fill", "_report", "_apply", "__aiter__", "__getitem__"),
}

#: What is public and takes code of the user's, by parameter: the places that it is called at, or where else it is.
TAKEN: dict[str, tuple[str, ...] | str] = {
    "App(main_fn)": ("main", "main later"),
    "Environment(exception_handler)": ("outer handler",),
    "EnvironmentBuilder.set_exception_handler(handler)": ("outer handler",),
    "exception_handler(handler)": ("handler", "handler later"),
    "fn(fn)": ("called", "called_later", "batch", "elsewhere", "answered", "batch elsewhere"),
    "map(fn)": ("called_later", "batch"),
    "map(items)": ("numbers", "late_numbers"),
    "auto_refresh(process_fn)": ("refreshed",),
    "logic_propagated_to_callers(fn)": ("callback", "late_callback"),
    "logic_tracked(fn)": "calls logic_propagated_to_callers",
    "register_memo_key_function(key_fn)": ("registered.key",),
    "register_memo_key_function(state_fn)": ("registered.state",),
    "register_root_target_states_provider(handler)": ("flat.reconcile",),
    "TargetActionSink(fn)": "see its static methods",
    "TargetActionSink(child_handler)": "see its static methods",
    "TargetActionSink.from_fn(fn)": ("flat.sink before", "flat.sink amid", "flat.sink after", "reporting.report iter"),
    "TargetActionSink.from_fn(child_handler)": ("tables.child_handler", "emptied.child_handler"),
    "TargetActionSink.from_async_fn(fn)": ("late.sink before", "late.sink amid", "late.sink after"),
    "TargetActionSink.from_async_fn(child_handler)": "is called as that of from_fn",
    "TargetActionSink.from_fn_with_children(fn)": ("slotted.sink before", "slotted.sink after"),
    "TargetActionSink.from_async_fn_with_children(fn)": "is called as that of from_async_fn",
    "LiveComponentOperator.update(fn)": ("hand",),
    "LiveMapSubscriber.update_part(items)": ("shelf.part",),
    "LiveMapSubscriber.update_many(pairs)": ("shelf.pairs",),
    "ContextProvider.provide_with(cm)": "is entered by the lifespan: tests/environments",
    "ContextProvider.provide_async_with(cm)": "is entered by the lifespan: tests/environments",
    "EnvironmentBuilder.provide_with(cm)": "is entered by the lifespan: tests/environments",
    "EnvironmentBuilder.provide_async_with(cm)": "is entered by the lifespan: tests/environments",
    "ProcessRunner(initializer)": "runs in a worker: tests/runners",
    "RemoteWorker(initializer)": "runs in a worker: tests/runners",
    "RemoteCall(fn)": "runs in a worker: tests/runners",
    "RemoteCall.answered(cancel)": "is code of a runner, not of its user",
}

#: What handlers, arguments, runners and live sources may have: the place of each.
ASKED: dict[str, str] = {
    "__coco_memo_key__": "file.memo_key",
    "__coco_memo_state__": "file.memo_state",
    "__coco_memo_type_id__": "is a text of the class",
    "__coco_made_of__": "is of marked functions",
    "__coco_process_fn__": "is of auto_refresh",
    "__coco_subpath_name__": "is a text of the function",
    "reconcile": "flat.reconcile",
    "attachments": "rows.attachments",
    "physical_identity": "flat.physical_identity",
    "physical_places": "flat.physical_places",
    "removal_handler": "emptied.removal_handler",
    "with_contents": "tables.with_contents",
    "removes_children_first": "is True or False",
    "tracks_value_fingerprint": "is True or False",
    "tracking_record_type": "is a type",
    "execute": "runner.execute",
    "run": "is called by the default execute",
    "run_sync_fn": "is called by the default execute",
    "start": "runner.start",
    "stop": "runner.stop",
    "batches_of": "runner.batches_of",
    "checked_resources": "is called by runners themselves",
    "batches_in_flight": "is a number",
    "watch": "shelf.watch",
    "__aiter__": "shelf.batches",
    "process": "clock.process",
    "process_live": "clock.process_live",
    "batches": "shelf.batches",
}


@pytest.fixture
def reached(known: Known) -> set[str]:
    return {site for sites in known.calls.values() for site in sites}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """All functions of the program."""
    for module in MODULES:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, node


def places_of(node: ast.AST) -> list[ast.Call]:
    return [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "here"
    ]


def test_each_function_of_the_program_is_a_place() -> None:
    without = {name for name, node in functions() if not places_of(node) and name != "__init__"}
    assert without - NO_PLACES == set()


def test_each_place_is_reached(reached: set[str]) -> None:
    said = {
        call.args[0].value
        for _, node in functions()
        for call in places_of(node)
        if isinstance(call.args[0], ast.Constant)
    }
    assert said - reached == set()


def test_each_parameter_that_takes_code_has_its_places(reached: set[str]) -> None:
    assert set(_public_parameters()) == TAKEN.keys()
    assert {place for places in TAKEN.values() if isinstance(places, tuple) for place in places} - reached == set()


def _public_parameters() -> Iterator[str]:
    for name in dir(coco):
        found = getattr(coco, name)
        if name.startswith("_") or not callable(found):
            continue
        yield from _parameters_of(name, found)
        if inspect.isclass(found):
            for method in vars(found):
                if not method.startswith("_") and callable(getattr(found, method)):
                    yield from _parameters_of(f"{name}.{method}", getattr(found, method))


def _parameters_of(name: str, function: object) -> Iterator[str]:
    if name.startswith(("Runner", "ProcessRunner.", "GPURunner", "UpdateHandle", "DropHandle", "StablePath")):
        return  # what the engine gives, or what is read at once
    try:
        signature = inspect.signature(function)  # type: ignore[arg-type]  # it can be called
    except (TypeError, ValueError, NameError):
        return
    for parameter in signature.parameters.values():
        code = re.search(r"Callable|Handler\b|Iterable|ContextManager", str(parameter.annotation))
        if code and parameter.name != "target_state":
            yield f"{name}({parameter.name})"


def test_each_name_that_the_engine_asks_for_has_its_place(reached: set[str]) -> None:
    asked = {name for name in _asked_by_name() if name not in ASKED}
    assert asked == set()
    # A text that is no place says why there is none.
    assert {place for place in ASKED.values() if not place.startswith("is ")} - reached == set()


def _asked_by_name() -> Iterator[str]:
    """The names of what is not passed itself: hooks, and the attributes of handlers, runners and live sources."""
    for layer in ("_values", "_runtime", "_target", "_function", "_engine", "_live", "_component"):
        for file in (CORE / layer).rglob("*.py"):
            text = file.read_text()
            yield from re.findall(r"__coco_\w+__", text)
            yield from re.findall(r'getattr\((?:\w+\.)*_?(?:resolved_)?handler, "(\w+)"', text)
    for kind in (coco.Runner, protocols.LiveMapView, protocols.LiveMapFeed, protocols.LiveComponent):
        yield from (name for name in vars(kind) if not name.startswith("_") or name == "__aiter__")
