"""Nox runs what needs torch on a Python that there is, and fails where the Python of a session is missing."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def noxfile(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The noxfile, loaded; what it sets in the environment is undone."""
    pytest.importorskip("nox", reason="the session `typecheck` has nox")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nox.registry._REGISTRY", {})
    for name in ("PATH", "UV_FIND_LINKS", "UV_DEFAULT_INDEX", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    spec = importlib.util.spec_from_file_location("noxfile_of_the_clone", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("wheels", "chosen"),
    [
        (["torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl"], "3.12"),
        (["torch-2.13.0+cpu-cp313-cp313t-linux.whl", "torch-2.13.0-cp312-cp312-linux.whl"], "3.12"),
        (["torch-2.13.0-cp310-cp310-linux.whl", "numpy-2.0-cp313-cp313-linux.whl"], "3.11"),
        ([], "3.11"),
    ],
)
def test_torch_runs_where_the_links_have_it(
    noxfile: ModuleType, tmp_path: Path, wheels: list[str], chosen: str
) -> None:
    for wheel in wheels:
        (tmp_path / wheel).touch()

    assert noxfile.choose_model_python(["3.11", "3.12", "3.13"], f"https://example.com/ {tmp_path}") == chosen
    assert noxfile.choose_model_python(["3.13"], str(tmp_path)) == "3.13"


def test_a_session_without_its_python_fails(noxfile: ModuleType) -> None:
    assert noxfile.nox.options.error_on_missing_interpreters is True
    assert noxfile.asked_pythons({}) == noxfile.SUPPORTED
