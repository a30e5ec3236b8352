"""What a module is called in what is stored: the user's main module has one name, however it was started.

Layer `_values`. `python main.py`, `python -m main`, `cocoindex update main.py` and an import of it run the same code;
Python calls it `__main__` in two of these cases.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

_MAINS: Final = frozenset({"__main__", "__mp_main__"})
_names: Final[dict[str, str]] = {}


def module_name(name: str | None) -> str | None:
    """The name of a module as it is stored; `name` is what its functions and classes have as `__module__`."""
    if name not in _MAINS:
        return name if name is None else _names.get(name, name)
    if "__main__" not in _names:
        _names["__main__"] = _name_of_main()
    return _names["__main__"]


def adopt_main(name: str, file: str | None) -> None:
    """Say, before it is imported, that a module is what the user runs: the command line loads it in place of Python.

    Args:
        name: the name that it is imported as.
        file: the path of its source, where it is known.
    """
    _names["__main__"] = _names[name] = _longest_name(name, file)


def _name_of_main() -> str:
    main: Any = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)  # where it was started by `-m`
    return _longest_name(getattr(spec, "name", None) or "__main__", getattr(main, "__file__", None))


def _longest_name(name: str, file: str | None) -> str:
    """The dotted name that a source file has in its package; `name` where that says more, or there is no file."""
    if not isinstance(file, str) or not file.endswith(".py"):
        return name
    folder, base = os.path.split(os.path.abspath(file))
    found = base.removesuffix(".py")
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder):
        folder, package = os.path.split(folder)
        found = f"{package}.{found}"
    found = found.removesuffix(".__init__")
    return name if name.endswith(f".{found}") else found
