"""Finds the user's modules that workers lack: those that do not belong to an installed distribution."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from types import ModuleType


def modules_to_ship() -> list[str]:
    """Return the files and folders of the imported top-level modules of the user."""
    tops = {name.partition(".")[0] for name in [*sys.modules]}
    found = [place for name in sorted(tops) if (place := _place(sys.modules.get(name))) is not None]
    main = _place(sys.modules.get("__main__"))
    return [str(place) for place in {**dict.fromkeys(found), **({main: None} if main else {})}]


def main_module() -> str | None:
    """Return the name under which a worker can import the main module; None if it is not a file of the user."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:  # python -m package.module
        name = str(spec.name)
        return None if _place(sys.modules.get(name.partition(".")[0])) is None and _place(main) is None else name
    place = _place(main)
    return None if place is None else place.stem


def paths_to_modules() -> tuple[str, ...]:
    """Return the user's folders on `sys.path`, for workers on this machine."""
    installed = _installed()
    return tuple(path for path in sys.path if path and not any(Path(path).is_relative_to(each) for each in installed))


def _place(module: ModuleType | None) -> Path | None:
    """Return the file of a module, or the folder of a package; None if it is not the user's."""
    file = getattr(module, "__file__", None)
    if not file or not file.endswith(".py"):
        return None
    path = Path(file).resolve()
    if any(path.is_relative_to(folder) for folder in _installed()) or "site-packages" in path.parts:
        return None
    if module is not None and module.__name__.partition(".")[0] in ("cocoindex", "_cocoindex_pytest"):
        return None
    return path.parent if path.name == "__init__.py" else path


def _installed() -> set[Path]:
    paths = sysconfig.get_paths()
    return {Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")}
