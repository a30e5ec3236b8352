"""Pickles of the classes of an annotation and their subclasses, for values that msgpack would change.

Layer `_values`. Each class is named with the hash of its shape. Nothing is imported: classes are found only among those
of the annotation.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec

from cocoindex.errors import ForbiddenGlobalError, StoredShapeError

from ._module_name import module_name
from ._restricted_pickle import RestrictedPickler, RestrictedUnpickler, made_of_items
from ._shape import Shape, class_shape, shape_of
from ._type_graph import is_record


def dump_classes(value: object, shape: Shape) -> bytes:
    """Pickle.

    Raises:
        ForbiddenGlobalError: it holds an object of another class.
    """
    buffer = io.BytesIO()
    _Pickler(buffer, shape).dump(value)
    return buffer.getvalue()


def load_classes(data: bytes, shape: Shape) -> Any:
    """Unpickle.

    Raises:
        ForbiddenGlobalError: it names another class.
        StoredShapeError: a class has another shape now.
    """
    return _Unpickler(io.BytesIO(data), shape).load()


def _related(shape: Shape) -> Iterator[type]:
    """Return the record types of an annotation, all their subclasses, and what these contain; of those of one name, the
    last defined first."""
    waiting = [*shape.classes]
    seen: set[type] = set()
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            waiting += type.__subclasses__(kind)
            waiting += _parts_of(kind)


def _parts_of(kind: type) -> tuple[type, ...]:
    """Return the record types in the fields of a record type."""
    shape = shape_of(kind)
    return () if shape is None else shape.classes


def _name_of(kind: type) -> tuple[str, str]:
    return str(module_name(kind.__module__)), kind.__qualname__


class _Pickler(RestrictedPickler):
    def __init__(self, file: io.BytesIO, shape: Shape) -> None:
        super().__init__(file, 5)
        self._classes = {*shape.classes}
        self._known: dict[type, tuple[str, str, bytes] | None] = {}

    def persistent_id(self, obj: Any) -> tuple[str, str, bytes] | None:
        if not isinstance(obj, type):
            return None
        if obj not in self._known:
            ours = is_record(obj) and any(base in self._classes for base in obj.__mro__)
            self._known[obj] = (*_name_of(obj), class_shape(obj)) if ours else None
            if ours and obj not in self._classes:  # a subclass, which is named before what it contains
                self._classes.update(_parts_of(obj))
        return self._known[obj]

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, msgspec.Struct) and hasattr(obj, "__post_init__"):
            raise ForbiddenGlobalError(*_name_of(type(obj)))  # it would run again
        if isinstance(obj, tuple) and self.persistent_id(type(obj)) is not None:
            return made_of_items, (type(obj), tuple(obj)), getattr(obj, "__dict__", None) or None
        return super().reducer_override(obj)


class _Unpickler(RestrictedUnpickler):
    def __init__(self, file: io.BytesIO, shape: Shape) -> None:
        super().__init__(file)
        self._shape = shape
        self._found: dict[tuple[str, str], type] | None = None

    def persistent_load(self, pid: Any) -> type:
        module, name, written = pid
        if self._found is None:
            self._found = {}
            for known in _related(self._shape):
                self._found.setdefault(_name_of(known), known)
        kind = self._found.get((module, name))
        if kind is None:
            raise ForbiddenGlobalError(module, name)
        if class_shape(kind) != written:
            raise StoredShapeError(kind.__qualname__)
        return kind
