"""Makes a class count as a dataclass without importing `dataclasses`, which takes time. Layer: _runtime."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import Field


class DataclassFields:
    """The `__dataclass_fields__` of a class with annotated fields, created when `dataclasses` reads it.

    Args:
        names: the names of the fields, if the class is not a `msgspec.Struct`.
    """

    __slots__ = ("_names",)

    def __init__(self, *names: str) -> None:
        self._names = names

    def __get__(self, instance: object, owner: type) -> dict[str, Field[Any]]:
        from dataclasses import MISSING, field, make_dataclass

        hints: dict[str, Any] = {}
        for each in reversed(owner.__mro__):
            hints |= inspect.get_annotations(each)
        names: tuple[str, ...] = getattr(owner, "__struct_fields__", self._names)
        defaults: tuple[Any, ...] = getattr(owner, "__struct_defaults__", ())
        defaults = (MISSING,) * (len(names) - len(defaults)) + defaults
        fields = [(name, hints[name], field(default=default)) for name, default in zip(names, defaults, strict=True)]
        twin: Any = make_dataclass(owner.__name__, fields)
        return twin.__dataclass_fields__  # type: ignore[no-any-return]  # which each dataclass has
