"""Refuse to run where the files of the PyPI distribution `cocoindex` are mixed with ours.

Below every layer, and the first to run: it imports nothing of `cocoindex` until it has something to say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

# The sub-package that the other distribution always has, and that we never have.
_PEER_MARK = "_internal"


def refuse_peer(folders: Iterable[str]) -> None:
    """Raise `MixedInstallationError` if one of the `folders` of our package also holds the other distribution."""
    for folder in folders:
        if os.path.isdir(os.path.join(folder, _PEER_MARK)):
            _refuse(folder)


def warn_of_second_core(folders: Sequence[str]) -> None:
    """Warn if another core lies in one of the `folders` of our package, besides the one in the first, which is used."""
    used = folders[0]
    for folder in folders[1:]:
        # Installers link equal files to each other: it is the folders that tell copies apart.
        if os.path.isfile(os.path.join(folder, "__init__.py")) and not os.path.samefile(used, folder):
            import warnings

            warnings.warn(
                f"two copies of cocoindex-core are on the path: the one in {used} is used, the one in {folder} "
                "is not; uninstall one of them, as connectors may fit the other",
                stacklevel=3,
            )


def require_core() -> None:
    """Raise `MixedInstallationError` unless the package `cocoindex` of this process is that of `cocoindex-core`.

    Connectors reach this through `cocoindex.errors`, a module that the other distribution lacks. Where its files
    were installed over ours, and where they were removed again, our `cocoindex/__init__.py` is no longer there to ask.
    """
    package = sys.modules["cocoindex"]
    if getattr(package, "__distribution__", None) != "cocoindex-core":
        _refuse(os.path.dirname(__file__))


def _refuse(folder: str) -> None:
    from cocoindex._entry_points import installed_names
    from cocoindex.errors import MixedInstallationError

    names = {name for name in installed_names() if name.startswith("cocoindex-")}
    raise MixedInstallationError(folder, sorted(names | {"cocoindex-core"}))
