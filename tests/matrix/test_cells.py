"""The cells come from the pyproject files, each combination once, and posargs select some of them."""

from __future__ import annotations

from itertools import product

import pytest
from small_repository import Repository

from matrix.cells import Cell, all_cells
from matrix.pythons import further_pythons
from matrix.selection import chosen, read_selection
from release.distributions import closure, read_distributions
from release.problem import Problem

SUPPORTED = ["3.11", "3.12"]


@pytest.fixture
def cells(repository: Repository) -> list[Cell]:
    """Return all cells of the small repository."""
    return all_cells(read_distributions(repository.root), [*SUPPORTED, "3.13"], SUPPORTED)


def test_each_combination_is_there_once(cells: list[Cell]) -> None:
    installs = [cell for cell in cells if cell.kind == "install"]
    names = ["cocoindex-core", "cocoindex-ops", "all"]
    values = (names, [*SUPPORTED, "3.13"], ["oldest", "newest"], ["editable", "wheel"], ["pip", "uv"])
    assert sorted(installs) == sorted(Cell("install", *each) for each in product(*values))
    assert len(cells) == len(set(cells))


def test_what_is_new_has_cells_without_being_named(repository: Repository) -> None:
    repository.distribution("cocoindex-new", "0.1.0", ("cocoindex-core ~= 0.1",), {"cocoindex/new/__init__.py": ""})
    cells = all_cells(read_distributions(repository.root), SUPPORTED, SUPPORTED)
    kinds = {cell.kind for cell in cells if cell.what == "cocoindex-new"}
    assert kinds == {"install", "released", "released-core", "tests"}


def test_the_core_is_not_tried_with_itself(cells: list[Cell]) -> None:
    assert {cell.what for cell in cells if cell.kind.startswith("released")} == {"cocoindex-ops"}


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["kind=install"], 72),
        (["kind=install", "python=3.12", "deps=oldest"], 12),
        (["kind=install", "python=3.12,3.13", "what=all", "installer=pip"], 8),
        (["kind=types,bounds", "python=3.11"], 3),
    ],
)
def test_cells_are_selected(cells: list[Cell], arguments: list[str], count: int) -> None:
    assert len(chosen(read_selection(arguments, cells), cells)) == count


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["3.12"], "'3.12' selects nothing: write NAME=VALUE with one of kind, what, python, deps, origin, installer"),
        (["colour=red"], "'colour=red' selects nothing"),
        (["python=2.7"], "there is no python '2.7'; there are 3.11, 3.12, 3.13"),
        (["deps="], "there is no deps ''"),
        (["kind=bounds", "deps=newest"], "no cell has all of kind=bounds deps=newest"),
    ],
)
def test_what_selects_nothing_is_a_problem(cells: list[Cell], arguments: list[str], told: str) -> None:
    with pytest.raises(Problem) as caught:
        read_selection(arguments, cells)
    assert str(caught.value).startswith(told)


def test_the_next_python_and_free_threaded_ones_are_asked_about() -> None:
    assert further_pythons(["3.11", "3.12", "3.13"]) == ["3.14", "3.13t", "3.14t"]


def test_one_alone_brings_what_it_needs_with_its_extras(repository: Repository) -> None:
    needs = ("cocoindex-ops[words] ~= 0.1",)
    repository.distribution("cocoindex-new", "0.1.0", needs, {"cocoindex/new/__init__.py": ""})
    text = '\n[project.optional-dependencies]\nwords = ["numpy"]\n'
    path = "packages/cocoindex-ops/pyproject.toml"
    repository.write(path, repository.read(path) + text)
    present = read_distributions(repository.root)
    found = closure(present["cocoindex-new"], present)
    assert found == {"cocoindex-core": set(), "cocoindex-new": set(), "cocoindex-ops": {"words"}}
