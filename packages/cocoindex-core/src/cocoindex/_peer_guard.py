"""Refuse to run where the files of the PyPI distribution `cocoindex` are mixed with ours.

Below every layer, and the first to run: it imports nothing of `cocoindex` until it has something to say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

# The sub-package that the other distribution always has, and that we never have.
_PEER_MARK = "_internal"


def refuse_peer(folders: Iterable[str]) -> None:
    """Raise `MixedInstallationError` if one of the `folders` of our package also holds the other distribution."""
    for folder in folders:
        if os.path.isdir(os.path.join(folder, _PEER_MARK)):
            _refuse(folder)


def require_core() -> None:
    """Raise `MixedInstallationError` unless the package `cocoindex` of this process is that of `cocoindex-core`.

    Connectors reach this through `cocoindex.errors`, a module that the other distribution lacks. Where its files
    were installed over ours, and where they were removed again, our `cocoindex/__init__.py` is no longer there to ask.
    """
    package = sys.modules["cocoindex"]
    if getattr(package, "__distribution__", None) != "cocoindex-core":
        _refuse(os.path.dirname(__file__))


def _refuse(folder: str) -> None:
    from importlib.metadata import distributions

    from cocoindex.errors import MixedInstallationError

    names = {dist.name for dist in distributions() if dist.name.startswith("cocoindex-")}
    raise MixedInstallationError(folder, sorted(names | {"cocoindex-core"}))
