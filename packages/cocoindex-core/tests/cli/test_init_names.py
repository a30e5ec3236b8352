"""A name that no connector, operation, distribution or app can have is one clear line, and nothing is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Shell


def refused(shell: Shell, *args: str) -> str:
    """Have it refuse these arguments as wrong usage and make nothing; return what it says in its one line."""
    done: Result = shell.run("init", *args)
    assert done.code == 2, done
    assert done.out == ""
    assert list(shell.folder.iterdir()) == []
    *usage, line = done.err.splitlines()
    assert line.startswith("Error: ")
    assert not [each for each in usage if each and not each.startswith(("Usage: ", "Try "))]
    assert len(line) < 500
    return line


NO_MODULES = ["", " ", "a-b", "a b", "a.b", "a/b", "../a", "/a", "A", "aB", "1a", "_a", "a_", "a__b", "ünï", "a\nb"]


@pytest.mark.parametrize("option", ["--connector", "--op"])
@pytest.mark.parametrize("name", [*NO_MODULES, "a" * 31, "a" * 300, "數", "ａ", "a\u200bb", "a\\b", "con:x", "$a"])
def test_what_names_no_module(shell: Shell, option: str, name: str) -> None:
    line = refused(shell, option, name)
    assert line.startswith(f"Error: Invalid value for {option}: ")
    assert (
        "cannot be the name of a module: take 1 to 30 lower-case ASCII letters, digits and single underscores" in line
    )


@pytest.mark.parametrize("name", ["class", "async", "is"])
def test_keywords(shell: Shell, name: str) -> None:
    line = refused(shell, "--connector", name)
    assert "is a keyword of Python; choose another name" in line


@pytest.mark.parametrize("name", ["con", "aux", "com1"])
def test_devices_of_windows(shell: Shell, name: str) -> None:
    assert f"names a device on Windows, where no file can be called {name}.py" in refused(shell, "--op", name)


@pytest.mark.parametrize("name", ["json", "csv", "sqlite3", "cocoindex"])
def test_what_would_hide_a_module(shell: Shell, name: str) -> None:
    assert "would hide" in refused(shell, "--op", name)


def test_names_of_installed_plugins(shell: Shell) -> None:
    assert "'localfs' is taken in cocoindex.connectors, by cocoindex-connectors-localfs " in refused(
        shell, "--connector", "localfs"
    )
    assert "'text' is taken in cocoindex.ops, by cocoindex-ops " in refused(shell, "--op", "text")
    assert shell.run("init", "--op", "localfs").code == 0


def test_names_that_differ_by_separators_from_installed_ones(shell: Shell) -> None:
    assert "is taken in cocoindex.connectors" in refused(shell, "--connector", "amazon_s3")
    shell.write("site/acme-1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
    shell.write("site/acme-1.2.dist-info/entry_points.txt", "[cocoindex.ops]\nMy-Op = json\n")
    done = shell.run("init", "--op", "my_op", PYTHONPATH=str(shell.folder / "site"))
    assert done.code == 2
    assert "'my_op' is taken in cocoindex.ops, by acme 1.2; choose another name" in done.err


@pytest.mark.parametrize("name", ["", "A", "a--b", "-a", "a-", "a.b", "a/b", "ünï", "a" * 51])
def test_what_names_no_distribution(shell: Shell, name: str) -> None:
    assert "cannot be the name of the distribution" in refused(shell, "--op", "acme", "--distribution", name)


@pytest.mark.parametrize("name", ["json", "class", "click", "cocoindex"])
def test_distributions_whose_package_is_there_already(shell: Shell, name: str) -> None:
    line = refused(shell, "--op", "acme", "--distribution", name)
    assert "a keyword of Python or a module that is there already" in line


def test_a_distribution_that_is_installed(shell: Shell) -> None:
    line = refused(shell, "--op", "acme", "--distribution", "cocoindex-core")
    assert "cocoindex-core 0." in line
    assert " is installed here; name another distribution with --distribution" in line


@pytest.mark.parametrize(
    "args",
    [
        ("--connector", "a", "--op", "b"),
        ("first", "--connector", "a"),
        ("--distribution", "a"),
        ("--sql",),
        ("--sql", "--op", "a"),
        ("first", "--distribution", "a"),
    ],
)
def test_what_does_not_go_together(shell: Shell, args: tuple[str, ...]) -> None:
    refused(shell, *args)


def test_an_empty_folder_name(shell: Shell) -> None:
    assert "the name of the folder is empty" in refused(shell, "--connector", "a", "--dir", "")


@pytest.mark.parametrize("name", ["", "a" * 101, "a" * 300, "a\nb"])
def test_what_names_no_app(shell: Shell, name: str) -> None:
    assert "cannot be the name of a project" in refused(shell, name)
