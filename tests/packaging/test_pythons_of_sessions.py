"""Sessions take a Python that is there, for torch one that has its wheel, or fail; uv is told what pip is told."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.distributions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def noxfile(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The noxfile, loaded; what it sets in the environment is undone."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nox.registry._REGISTRY", {})
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return load_noxfile()


def load_noxfile() -> ModuleType:
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


@pytest.mark.parametrize("missing", ["PATH", "HOME"])
def test_an_environment_without_a_path_has_the_default_one(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    monkeypatch.setattr("nox.registry._REGISTRY", {})

    again = load_noxfile()

    # The Python that runs this need not be on the path.
    assert ".".join(map(str, sys.version_info[:2])) in again.PRESENT
    assert "/usr/bin" in os.environ["PATH"].split(os.pathsep)


def test_a_session_without_its_python_fails(noxfile: ModuleType) -> None:
    assert noxfile.nox.options.error_on_missing_interpreters is True
    assert noxfile.asked_pythons({}) == noxfile.SUPPORTED


@pytest.mark.parametrize(
    ("asked", "pythons"), [("3.11,3.13", ["3.11", "3.13"]), ("3.12 , 3.11", ["3.12", "3.11"]), ("newest", ["newest"])]
)
def test_what_is_asked_for_is_taken_as_it_is(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, asked: str, pythons: list[str]
) -> None:
    monkeypatch.setitem(os.environ, "COCOINDEX_PYTHONS", asked)
    assert noxfile.asked_pythons({"3.11": Path("python3.11")}) == pythons


def test_uv_is_told_what_pip_is_told(noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "PIP_INDEX_URL": "https://example.com/simple",
        "PIP_EXTRA_INDEX_URL": "https://example.com/cpu https://example.com/more",
        "PIP_FIND_LINKS": "/wheels /more",
        "PIP_CONSTRAINT": "/bounds.txt",
        "PIP_CERT": "/pips.pem",
    }
    monkeypatch.setattr(os, "environ", environment := told | {"SSL_CERT_FILE": "/ours.pem"})

    noxfile.point_uv_to_pips_index()

    assert environment == told | {
        "UV_DEFAULT_INDEX": "https://example.com/simple",
        "UV_INDEX": "https://example.com/cpu https://example.com/more",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_CONSTRAINT": "/bounds.txt",
        "SSL_CERT_FILE": "/ours.pem",
    }
