"""`cocoindex.errors` still has the errors of connectors and operations, with a warning that says where they are now."""

from __future__ import annotations

import importlib
import warnings

import pytest

from cocoindex import errors
from cocoindex._moved_errors import HOMES


@pytest.mark.parametrize("name", HOMES)
def test_the_old_name_gives_the_same_class_and_warns(name: str) -> None:
    module = HOMES[name]
    with pytest.warns(
        DeprecationWarning, match=rf"^cocoindex\.errors\.{name} is now {module}\.{name}; .* in version 0\.3$"
    ):
        old = getattr(errors, name)
    assert old is getattr(importlib.import_module(module), name)


def test_the_warning_points_to_the_line_that_imports() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile("\nfrom cocoindex.errors import SqliteBusyError", "program.py", "exec"), {})
    assert [(each.filename, each.lineno) for each in caught] == [("program.py", 2)]


def test_a_name_that_never_was_is_no_name() -> None:
    assert not hasattr(errors, "NeverError")
    with pytest.raises(AttributeError, match=r"module 'cocoindex\.errors' has no attribute 'NeverError'"):
        getattr(errors, "NeverError")  # noqa: B009 (type checkers know it)
