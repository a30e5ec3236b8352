"""Every exception that users meet derives from `CocoIndexError`, and is in `cocoindex.errors`."""

from __future__ import annotations

import inspect

import pytest
from tests.public_names.public_names import MODULES, public_names

from cocoindex import errors

ERRORS = [
    pytest.param(value, id=f"{module}.{name}")
    for module in MODULES
    for name, value in public_names(module).items()
    if inspect.isclass(value) and issubclass(value, BaseException)
]


def test_there_are_many() -> None:
    assert len(ERRORS) > 50


@pytest.mark.parametrize("error", ERRORS)
def test_the_base_is_the_common_one(error: type[BaseException]) -> None:
    assert issubclass(error, errors.CocoIndexError)
    assert getattr(errors, error.__name__) is error


@pytest.mark.parametrize("error", ERRORS)
def test_a_built_in_exception_says_its_kind(error: type[BaseException]) -> None:
    # The common base, and that of a family, leave the kind to those that derive from them.
    if not error.__subclasses__():
        kinds = [base for base in error.__mro__ if base.__module__ in ("builtins", "_pickle")]
        assert kinds[0] not in (Exception, BaseException)
