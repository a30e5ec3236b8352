"""`NON_EXISTENCE`: marks a missing value where None could be a value.

Layer `_values`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from typing_extensions import TypeIs


@final
class NonExistenceType:
    """The type of `NON_EXISTENCE`, its only instance; copies and pickles are the same object."""

    __slots__ = ()
    _instance: NonExistenceType

    def __new__(cls) -> NonExistenceType:
        return cls._instance

    def __repr__(self) -> str:
        return "NON_EXISTENCE"

    def __reduce__(self) -> str:
        return "NON_EXISTENCE"


NonExistenceType._instance = object.__new__(NonExistenceType)

NON_EXISTENCE: Final = NonExistenceType()


def is_non_existence(obj: object) -> TypeIs[NonExistenceType]:
    """Return whether `obj` is `NON_EXISTENCE`."""
    return obj is NON_EXISTENCE
