"""A script that the npm registry does not give is told in one line, and the site is not built."""

from __future__ import annotations

import importlib
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]


@pytest.fixture
def javascript(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that fetches scripts; only the sessions of the site have what it imports."""
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    monkeypatch.setenv("npm_config_fetch_retry_mintimeout", "1")
    return importlib.import_module("website.javascript")


@pytest.mark.parametrize(
    ("listens", "seconds", "told"),
    [
        (False, 120.0, r"npm cannot fetch mermaid@[\d.]+: .*ECONNREFUSED.*"),
        (True, 2.0, r"npm has not fetched mermaid@[\d.]+ in 2 seconds"),
    ],
)
def test_the_registry_does_not_answer(
    javascript: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listens: bool, seconds: float, told: str
) -> None:
    monkeypatch.setattr(javascript, "SECONDS_TO_ANSWER", seconds)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.getsockname()[1]}/")
        with pytest.raises(javascript.PluginError) as caught:
            javascript.fetch(tmp_path)
    assert caught.match(f"^{told}$")
    assert str(caught.value).count("\n") == 0
