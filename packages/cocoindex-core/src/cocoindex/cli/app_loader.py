"""Import the module or file that defines the apps. Layer `cli`."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

from .._runtime.termination import Terminated
from .._values import adopt_main
from ..errors import AppLoadError
from .failure import place_of


def load_apps(module: str, app_dir: str) -> None:
    """Import `module`, so that the apps in it are registered.

    Args:
        module: a dotted module name, or the path of a file, which is imported as a top-level module named after it.
        app_dir: the base folder for module names, and for relative file paths not found in the current folder.

    Raises:
        AppLoadError: there is no such module or file, or its import failed.
    """
    sys.path.insert(0, os.path.abspath(app_dir))
    if module.endswith(".py") or os.sep in module or module.strip(".") == "":
        _load_file(_existing(module, app_dir))
    else:
        _load_module(module)


def _existing(path: str, app_dir: str) -> Path:
    candidates = (Path(path), Path(app_dir, path))
    for candidate in candidates:
        if candidate.is_file():
            return candidate.absolute()
    if any(candidate.is_dir() for candidate in candidates):
        raise AppLoadError(f"cannot load {path!r}: it is a folder; name the file in it that defines the app")
    folder = os.path.abspath(app_dir)
    raise AppLoadError(f"cannot load {path!r}: there is no such file in {folder}{_similar(path, folder)}")


def _similar(path: str, folder: str) -> str:
    """Return the advice to load a file with a similar name from the same folder; empty if there is none."""
    from difflib import get_close_matches  # most files are there

    above, name = os.path.split(path)
    try:
        files = [file for file in sorted(os.listdir(os.path.join(folder, above))) if file.endswith(".py")]
    except OSError:
        return ""
    found = get_close_matches(name if name.endswith(".py") else f"{name}.py", files, n=1)
    return f"; did you mean {os.path.join(above, found[0])!r}?" if found else ""


def _load_file(named: Path) -> None:
    path = named.resolve()
    name = path.stem
    known = sys.modules.get(name)
    if known is not None:
        raise AppLoadError(
            f"cannot load {str(path)!r}: {name!r} is the name of a module that is in use already "
            f"({getattr(known, '__file__', None) or 'built in'}); rename the file"
        )
    # What it imports is looked for beside it, as `python path/to/app.py` does.
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise AppLoadError(f"cannot load {str(path)!r}: it is not a Python file: its name does not end in .py")
    adopt_main(name, str(named))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Terminated:
        raise
    except (Exception, SystemExit) as cause:
        del sys.modules[name]
        raise _failure(str(path), cause) from cause


def _load_module(name: str) -> None:
    try:
        spec = importlib.util.find_spec(name)
        adopt_main(name, spec.origin if spec is not None else None)
        importlib.import_module(name)
    except Terminated:
        raise
    except (Exception, SystemExit) as cause:
        if isinstance(cause, ModuleNotFoundError) and f"{name}.".startswith(f"{cause.name}."):
            if os.path.isfile(os.path.join(sys.path[0], name)):
                raise AppLoadError(
                    f"cannot load {name!r}: it is not a Python file: its name does not end in .py"
                ) from None
            similar = _similar(name, sys.path[0])
            raise AppLoadError(f"cannot load {name!r}: no module of that name in {sys.path[0]}{similar}") from None
        raise _failure(name, cause) from cause


def _failure(what: str, cause: BaseException) -> AppLoadError:
    return AppLoadError(f"cannot load {what!r}: {type(cause).__name__}: {cause}{place_of(cause)}")
