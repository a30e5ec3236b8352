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
        shim.write_text(f"#!/bin/sh\necho 3.99.0 0; exit {code}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'broken'}")
    assert find_python("3.99") is None
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'broken'}:{tmp_path / 'bin'}")
    assert find_python("3.99") == tmp_path / "bin" / "python3.99"


def test_one_that_never_answers_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python3.99"
    python.write_text("#!/bin/sh\nexec sleep 1000\n")
    python.chmod(0o755)
    monkeypatch.setattr("matrix.pythons.SECONDS_TO_ANSWER", 0.1)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python("3.99") is None


@pytest.mark.parametrize(
    ("name", "answer"), [("3.99", "3.98.0 0"), ("3.99", "3.99.0 1"), ("3.99t", "3.99.0 0"), ("3.9", "3.99.0 0")]
)
def test_another_python_of_that_name_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, answer: str
) -> None:
    python = tmp_path / f"python{name}"
    python.write_text(f"#!/bin/sh\necho {answer}\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python(name) is None


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD\n{", "{}", "[]", '{"results": {"a": {}}, "versions": {}, "pythons": {}}']
)
def test_results_that_cannot_be_read(repository: Repository, capsys: pytest.CaptureFixture[str], text: str) -> None:
    repository.write("matrix/results.json", text)
    assert main(repository.root, ["check"]) == 1
    assert_one_line(capsys, "matrix: matrix/results.json cannot be read: ")


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "²", "1.5"])
def test_a_number_of_jobs_that_is_none(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setenv("COCOINDEX_MATRIX_JOBS", jobs)
    assert main(repository.root, ["check"]) == 1
    assert_one_line(capsys, f"matrix: COCOINDEX_MATRIX_JOBS is {jobs!r}, not a number above zero\n")


def assert_one_line(capsys: pytest.CaptureFixture[str], told: str) -> None:
    """Assert that one line was printed, which begins like this."""
    printed = capsys.readouterr()
    assert printed.err.startswith(told)
    assert printed.err.count("\n") == 1
    assert printed.out == ""
