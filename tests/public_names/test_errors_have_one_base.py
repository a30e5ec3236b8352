"""Every exception that users meet derives from `CocoIndexError`, and is in `cocoindex.errors` or in its own package."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest
from tests.public_names.public_names import MODULES, MODULES_WITH_ERRORS, public_names

import cocoindex
from cocoindex import errors

ERRORS = [
    pytest.param(value, id=f"{module}.{name}")
    for module in MODULES + MODULES_WITH_ERRORS
    for name, value in public_names(module).items()
    if inspect.isclass(value) and issubclass(value, BaseException)
]


def test_there_are_many() -> None:
    assert len(ERRORS) > 50


@pytest.mark.parametrize("error", ERRORS)
def test_the_base_is_the_common_one(error: type[BaseException]) -> None:
    assert issubclass(error, errors.CocoIndexError)
    assert getattr(importlib.import_module(error.__module__), error.__name__) is error


@pytest.mark.parametrize("error", ERRORS)
def test_a_built_in_exception_says_its_kind(error: type[BaseException]) -> None:
    # The common base, and that of a family, leave the kind to those that derive from them.
    if not error.__subclasses__():
        kinds = [base for base in error.__mro__ if base.__module__ in ("builtins", "_pickle")]
        assert kinds[0] not in (Exception, BaseException)


@pytest.mark.parametrize("name", public_names("cocoindex.errors"))
def test_those_of_the_core_are_raised_there_or_are_bases(name: str) -> None:
    files = Path(cocoindex.__file__).parent.rglob("*.py")
    others = (file for file in files if file.name != "errors.py" and file.parent.name != "_errors")
    assert getattr(errors, name).__subclasses__() or any(re.search(rf"\b{name}\b", file.read_text()) for file in others)
