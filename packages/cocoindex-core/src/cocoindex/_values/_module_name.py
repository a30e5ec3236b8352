"""The stored name of a module: the user's main module has one name, however it was started.

Layer `_values`. `python main.py`, `python -m main`, `cocoindex update main.py` and an import of it run the same code;
Python calls it `__main__` in two of these cases.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any, Final

MAINS: Final = frozenset({"__main__", "__mp_main__"})
_names: Final[dict[str, str]] = {}
_globals: Final[list[Mapping[str, Any]]] = []


def module_name(name: str | None) -> str | None:
    """Return the stored name of a module; `name` is the `__module__` of its functions and classes."""
    if name not in MAINS:
        return name if name is None else _names.get(name, name)
    if "__main__" not in _names:
        _names["__main__"] = _name_of_main()
    return _names["__main__"]


def adopt_main(name: str, file: str | None) -> None:
    """Declare a module as the user's main module before its import; called by the command line, which loads it.

    Args:
        name: the name under which it is imported.
        file: the path of its source, if known.
    """
    _names["__main__"] = _names[name] = _longest_name(name, file)


def meet_main(variables: Mapping[str, Any]) -> None:
    """Take the globals of a function as those of the main module, if they say so; the first ones count.

    A profiler, a debugger, `runpy` and processes of `multiprocessing` run it while another module is `__main__`.
    """
    if variables.get("__name__") in MAINS and not _globals:
        _globals.append(variables)


def globals_of_main() -> Mapping[str, Any]:
    """Return the globals of the main module; those of Python's `__main__` if no function of the main module was
    seen."""
    return _globals[0] if _globals else vars(sys.modules.get("__main__", sys))


def _name_of_main() -> str:
    _look_on_the_stack()
    main = globals_of_main()
    spec = main.get("__spec__")  # if it was started by `-m`
    return _longest_name(getattr(spec, "name", None) or "__main__", main.get("__file__"))


def _look_on_the_stack() -> None:
    """Find the main module on the stack, because one of its classes may be needed before it has marked a function."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and not _globals:
        if "__file__" in frame.f_globals:
            meet_main(frame.f_globals)
        frame = frame.f_back


def _longest_name(name: str, file: str | None) -> str:
    """Return the dotted name of a source file in its package; `name` if that is longer, or there is no file."""
    if not isinstance(file, str) or not file.endswith(".py"):
        return name
    folder, base = os.path.split(_file_behind_link(os.path.abspath(file)))
    found = base.removesuffix(".py")
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder):
        folder, package = os.path.split(folder)
        found = f"{package}.{found}"
    found = found.removesuffix(".__init__")
    return name if name.endswith(f".{found}") else found


def _file_behind_link(path: str) -> str:
    """Return the file that a link with another name leads to. Links of folders are not followed: a deployment may
    replace the folder behind one by a folder with another name."""
    target = os.path.realpath(path)
    renamed = os.path.basename(target) != os.path.basename(path)
    return target if renamed and target.endswith(".py") else path
