"""`cocoindex` itself: its version, its help, and wrong usage."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_is_that_of_core(shell: Shell, option: str) -> None:
    done = shell.run(option)
    assert (done.code, done.out, done.err) == (0, f"cocoindex version {version('cocoindex-core')}\n", "")


def test_it_can_be_run_as_a_module_of_any_python() -> None:
    command = [sys.executable, "-m", "cocoindex", "-V"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"cocoindex version {version('cocoindex-core')}\n"


def test_help_lists_the_commands(shell: Shell) -> None:
    done = shell.run("--help")
    assert done.code == 0
    for command in ("drop", "ls", "plugins", "show", "update"):
        assert f"\n  {command} " in done.out


@pytest.mark.parametrize("args", [["bogus"], ["update"], ["update", "--bogus", "app.py"], []])
def test_wrong_usage_is_exit_code_2(shell: Shell, args: list[str]) -> None:
    done = shell.run(*args)
    assert done.code == 2
    assert "Usage: cocoindex" in done.err


def test_rich_is_not_imported_for_a_plain_command() -> None:
    code = "import sys, cocoindex.cli; print([name for name in ('rich', 'numpy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
