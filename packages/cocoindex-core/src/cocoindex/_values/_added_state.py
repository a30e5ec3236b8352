"""The additional state of objects: attributes and slots beside their known content.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final, TypeAlias

State: TypeAlias = dict[str, Any]

_NO_STATE: Final = frozenset({"__dict__", "__weakref__"})


def added_state(kind: type, known: Iterable[str] = (), *, private: bool = True) -> Callable[[Any], State | None] | None:
    """Return a function that returns the attributes of an object outside `known`; None if there are none.

    Values of `functools.cached_property` do not count: they follow from the rest. Return None for a class whose objects
    cannot have further attributes.

    Args:
        private: whether attributes whose names begin with an underscore count.
    """
    names = frozenset(known)
    slots = tuple(sorted(_slots(kind) - names))
    has_dict = bool(kind.__dictoffset__)
    if not slots and not has_dict:
        return None
    ignored = names | cached_names(kind)

    def added(obj: Any) -> State | None:
        attributes = obj.__dict__ if has_dict else ()
        if not slots and names.issuperset(attributes):
            return None
        found = {name: attributes[name] for name in attributes if name not in ignored}
        found.update((name, getattr(obj, name)) for name in slots if hasattr(obj, name))
        if not private:
            found = {name: value for name, value in found.items() if name[:1] != "_"}
        return found or None

    return added


def usual_attributes(kind: type, known: Iterable[str]) -> list[str] | None:
    """Return the attributes of an object without additional ones, in the usual order of assignment.

    To compare with `[*obj.__dict__]` before `added_state` is asked, as most objects are like that. None for a class
    whose objects are not.
    """
    return list(known) if kind.__dictoffset__ and not _slots(kind) else None


def usual_count(kind: type, known: Iterable[str]) -> int:
    """Return the number of attributes of an object with exactly the `known` ones, after each was read.

    To compare with `len(obj.__dict__)`, which costs least. -1 where the class may give some of them itself, as defaults
    of fields are.
    """
    names = list(known)
    from_class = hasattr(kind, "__getattr__") or any(hasattr(kind, name) for name in names)
    return -1 if from_class or usual_attributes(kind, names) is None else len(names)


def cached_names(kind: type) -> frozenset[str]:
    """Return the names of the class's `functools.cached_property` attributes."""
    return frozenset(
        name for base in kind.__mro__ for name, value in vars(base).items() if type(value) is cached_property
    )


def _slots(kind: type) -> set[str]:
    """Return the attribute names of all `__slots__`."""
    found: set[str] = set()
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            found.add(f"_{base.__name__.lstrip('_')}{name}" if name[:2] == "__" and name[-2:] != "__" else name)
    return found - _NO_STATE
