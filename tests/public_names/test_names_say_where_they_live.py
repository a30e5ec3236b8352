"""Public classes and functions name the public module that they are found in, and have a docstring of their own."""

from __future__ import annotations

import importlib
import inspect
import pickle

import pytest
from tests.public_names.public_names import MODULES, public_names

# What the reading of stored apps gives is written apart from the functions that give it.
MODULES_OF = {
    "cocoindex": {"cocoindex", "cocoindex.errors"},
    "cocoindex.inspect": {"cocoindex.inspect", "cocoindex._inspect.details"},
    "cocoindex.connectorkits": {"cocoindex.connectorkits", "cocoindex.connectorkits.fingerprint"},
    "cocoindex.connectorkits.statediff": {"cocoindex.connectorkits.statediff", "cocoindex.connectorkits.target"},
    "cocoindex.plugins": {"cocoindex.plugins"},
    "cocoindex.testing": {
        "cocoindex.testing.capability",
        "cocoindex.testing.check",
        "cocoindex.testing.leaf_target_driver",
        "cocoindex.testing.live_source_driver",
        "cocoindex.testing.live_source_suite",
        "cocoindex.testing.recording",
        "cocoindex.testing.report",
        "cocoindex.testing.run_suite",
        "cocoindex.testing.runner_driver",
        "cocoindex.testing.runner_suite",
        "cocoindex.testing.source_driver",
        "cocoindex.testing.source_suite",
        "cocoindex.testing.target_driver",
        "cocoindex.testing.target_suite",
        "cocoindex.testing.virtual_time",
    },
}
WRITTEN = [
    pytest.param(module, name, value, id=f"{module}.{name}")
    for module in MODULES
    for name, value in public_names(module).items()
    if inspect.isclass(value) or inspect.isfunction(value)
]


@pytest.mark.parametrize(("module", "name", "value"), WRITTEN)
def test_the_module_is_the_public_one(module: str, name: str, value: type) -> None:
    assert value.__module__ in MODULES_OF.get(module, {module})
    assert getattr(importlib.import_module(value.__module__), name) is value


@pytest.mark.parametrize(("module", "name", "value"), WRITTEN)
def test_it_has_a_docstring_of_its_own(module: str, name: str, value: type) -> None:
    text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    assert text and text.strip(), f"{module}.{name} has no docstring"
    assert not text.startswith(f"{name}("), f"{module}.{name} has only a generated docstring"


@pytest.mark.parametrize(("module", "name", "value"), WRITTEN)
def test_a_pickle_names_it_and_gives_it_back(module: str, name: str, value: type) -> None:
    assert pickle.loads(pickle.dumps(value)) is value
