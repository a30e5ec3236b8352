"""An import from a shared namespace refuses what is written for another version of the interface, and half a plugin."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cocoindex

ENTRY = "[cocoindex.connectors]\nacme = cocoindex.connectors.acme\n"


def said(tmp_path: Path, statement: str, warnings: str = "error") -> str:
    """What the error of the statement says, in a process that finds what was installed."""
    code = f"try:\n {statement}\nexcept ImportError as error:\n print(type(error).__name__, error, sep=': ')"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-W", warnings, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def test_the_version_is_compared_before_the_module_runs(install: Callable[..., None], tmp_path: Path) -> None:
    source = "requires_api = 999\nfrom cocoindex.connectorkits import nothing_yet\n"
    install("acme-dist", ENTRY, {"cocoindex.connectors.acme": source})
    for statement in ("from cocoindex.connectors import acme", "import cocoindex.connectors.acme as acme"):
        message = said(tmp_path, statement)
        assert message.startswith("PluginApiError: 'acme' (acme-dist 1.2) needs version 999 of the interface for plug")


def test_a_module_that_no_distribution_offers_is_named_by_its_path(
    install: Callable[..., None], tmp_path: Path
) -> None:
    install("acme-dist", "", {"cocoindex.ops.acme": "requires_api = 999\n"})
    message = said(tmp_path, "import cocoindex.ops.acme")
    assert message.startswith("PluginApiError: 'cocoindex.ops.acme' needs version 999 of the interface for plugins")


def test_one_that_fits_is_imported(install: Callable[..., None], tmp_path: Path) -> None:
    install("acme-dist", ENTRY, {"cocoindex.connectors.acme": "requires_api = 1\n", "cocoindex.ops.plain": ""})
    assert said(tmp_path, "from cocoindex.connectors import acme; import cocoindex.ops.plain") == ""


def test_a_folder_that_lost_its_module_says_what_to_reinstall(install: Callable[..., None], tmp_path: Path) -> None:
    install("acme-dist", ENTRY, {"cocoindex.connectors.acme.rest": ""})
    assert said(tmp_path, "from cocoindex.connectors import acme") == (
        "IncompleteInstallationError: no module 'cocoindex.connectors.acme': files of acme-dist are missing; "
        "run: pip install --force-reinstall --no-deps acme-dist\n"
    )


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("cocoindex._engine.nothing", "cocoindex-core"),
        ("cocoindex.connectors.localfs._nothing", "cocoindex-connectors-localfs"),
        ("cocoindex.ops.text._nothing", "cocoindex-ops"),
        ("cocoindex.resources.file._nothing", "cocoindex-resources"),
    ],
)
def test_a_lost_private_module_of_ours_says_what_to_reinstall(tmp_path: Path, module: str, distribution: str) -> None:
    message = said(tmp_path, f"import {module}")
    assert message.startswith(f"IncompleteInstallationError: no module {module!r}: files of {distribution} are missing")


def test_a_lost_public_module_is_missing_as_any_module(tmp_path: Path) -> None:
    message = said(tmp_path, "import cocoindex.connectors.localfs.nothing")
    assert message.startswith("ModuleNotFoundError: No module named ")


def test_a_module_in_place_of_a_shared_folder_hides_nobody(install: Callable[..., None], tmp_path: Path) -> None:
    hiding = {"cocoindex.connectors.__init__": "raise RuntimeError\n", "cocoindex.connectors.acme": "x = 1\n"}
    install("acme-dist", ENTRY, hiding)
    code = "from cocoindex.connectors import acme, localfs; print(acme.x, localfs.walk_dir.__name__)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout == "1 walk_dir\n"
    assert (
        done.stderr.count(f"{tmp_path}/cocoindex/connectors/__init__.py would hide modules of other distributions") == 1
    )


def test_a_core_that_lost_its_errors_names_the_file(tmp_path: Path) -> None:
    package = Path(cocoindex.__file__).parent
    shutil.copytree(package, tmp_path / "cocoindex", ignore=lambda _, names: {"__pycache__", "base.py"} & {*names})
    # The core in use is on the path, too, which is a warning.
    assert (
        said(tmp_path, "import cocoindex", "ignore")
        == "ModuleNotFoundError: No module named 'cocoindex._errors.base'\n"
    )
