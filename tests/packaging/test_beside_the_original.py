"""The real PyPI distribution `cocoindex`, installed over or under ours, is noticed; the message says how to mend it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

ORIGINAL = "cocoindex==1.0.26"
LOCALFS = "cocoindex-connectors-localfs"


@pytest.fixture(autouse=True)
def no_usage_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the original from calling home when it is imported."""
    monkeypatch.setenv("COCOINDEX_DISABLE_USAGE_TRACKING", "1")


def refusal(env: Env, code: str) -> str:
    """Run `code`; return the last line of what it complained of."""
    done = subprocess.run([env.python, "-c", code], cwd=env.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip().rpartition("\n")[2]


def mend(env: Env, message: str, built: dict[str, Built]) -> None:
    """Run the two commands of the message."""
    found = re.search(r"pip (uninstall --yes cocoindex); pip (install --force-reinstall --no-deps .*)$", message)
    assert found, message
    pip = [sys.executable, "-m", "pip", "--python", str(env.python)]
    subprocess.run([*pip, *found[1].split()], check=True, capture_output=True)
    wheels = str(built["cocoindex-core"].wheel.parent)
    subprocess.run([*pip, *found[2].split(), "--no-index", "--find-links", wheels], check=True, capture_output=True)


def test_installed_under_ours(built: dict[str, Built], env: Env) -> None:
    env.install(ORIGINAL)
    env.install(built["cocoindex-core"].wheel, built[LOCALFS].wheel)
    message = refusal(env, "import cocoindex")
    assert message.startswith("cocoindex.errors.MixedInstallationError: ")
    mend(env, message, built)
    env.import_all([*built["cocoindex-core"].modules(), *built[LOCALFS].modules()])


def test_installed_over_ours(built: dict[str, Built], env: Env) -> None:
    env.install(built["cocoindex-core"].wheel, built[LOCALFS].wheel)
    env.install(ORIGINAL)
    message = refusal(env, "import cocoindex; from cocoindex.errors import CocoIndexError")
    assert message.startswith("cocoindex.errors.MixedInstallationError: ")
    mend(env, message, built)
    env.import_all([*built["cocoindex-core"].modules(), *built[LOCALFS].modules()])
