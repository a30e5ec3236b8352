"""A Python that is not there, or an index that does not answer, is told in one line before anything is tried."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from small_repository import Repository

from matrix.__main__ import main
from matrix.pythons import find_python


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("3.13t", "there is no Python 3.13t here; there are "),
        ("2.7", "there is no python '2.7'; there are 3.11, 3.12, 3.13, 3.13t"),
    ],
)
def test_a_python(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    python: str,
    told: str,
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert main(repository.root, ["check", f"python={python}"]) == 1
    assert_one_line(capsys, f"matrix: {told}")


def test_an_index(repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://name:secret@127.0.0.1:{unused.getsockname()[1]}/simple"
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("UV_DEFAULT_INDEX", address)
    for arguments in (["check"], []):
        assert main(repository.root, arguments) == 1
        assert_one_line(capsys, f"matrix: the package index {address.replace('name:secret@', '')} does not answer: ")


def test_a_shim_that_stands_for_nothing_is_no_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder, code in (("shims", 0), ("broken", 127), ("bin", 0)):
        (tmp_path / folder).mkdir()
        shim = tmp_path / folder / "python3.99"
        shim.write_text(f"#!/bin/sh\necho 3.99.0; exit {code}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'broken'}")
    assert find_python("3.99") is None
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'broken'}:{tmp_path / 'bin'}")
    assert find_python("3.99") == tmp_path / "bin" / "python3.99"


def assert_one_line(capsys: pytest.CaptureFixture[str], told: str) -> None:
    """Assert that one line was printed, which begins like this."""
    printed = capsys.readouterr()
    assert printed.err.startswith(told)
    assert printed.err.count("\n") == 1
    assert printed.out == ""
