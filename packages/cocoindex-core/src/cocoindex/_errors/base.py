"""The base of all errors. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from cocoindex._shown import without_passwords


class CocoIndexError(Exception):
    """Base of all errors of the framework. What their messages quote is shown without passwords."""

    def __str__(self) -> str:
        return without_passwords(super().__str__())

    def __repr__(self) -> str:
        return without_passwords(super().__repr__())

    def __reduce__(self) -> tuple[object, ...]:
        """Made again with its message, which is not what most of them take: errors cross processes."""
        return _remake, (type(self), super().__reduce__()[1]), self.__dict__ or None


def _remake(cls: type[CocoIndexError], args: tuple[object, ...]) -> CocoIndexError:
    error = cls.__new__(cls, *args)
    if isinstance(error, OSError):
        OSError.__init__(error, *args)
    else:
        error.args = args
    return error
