"""A user's pytest beside core runs as before, also where core was imported first and warnings are errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

TEST = """
import sys

def test_it(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("cocoindex")
    assert ("cocoindex" in sys.modules) is {imported}
"""
OPTIONS = "'-q', '-W', 'error', '-p', 'no:cacheprovider'"


@pytest.mark.parametrize("imported", [False, True])
def test_it_runs(built: dict[str, Built], env: Env, imported: bool) -> None:
    env.install(built["cocoindex-core"].wheel, "pytest")
    (env.folder / "test_it.py").write_text(TEST.format(imported=imported))
    first = "import cocoindex, pytest" if imported else "import pytest"
    printed = env.run("-c", f"{first}; raise SystemExit(pytest.main([{OPTIONS}]))")
    assert "1 passed" in printed
