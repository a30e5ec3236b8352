"""Converts errors of a driver to errors of the framework.

Layer: connectorkits. The original error is always the `__cause__` of the new one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ._dialect import Dialect
    from ._type_variables import DbT, SessionT

__all__ = ["explained", "transacted"]

T = TypeVar("T")


@contextmanager
def explained(dialect: Dialect[DbT, Any, Any, Any, Any], db: DbT, what: str) -> Iterator[None]:
    """Convert errors of the driver by `Dialect.explain`; `what` names the operation, such as "writing rows of t"."""
    try:
        yield
    except dialect.driver_error as error:
        raised = dialect.explain(error, db, what)
        if raised is error:  # unchanged, so that the transaction can be retried
            raise
        raise raised from error


async def transacted(
    dialect: Dialect[DbT, SessionT, Any, Any, Any],
    db: DbT,
    what: str,
    work: Callable[[SessionT], Awaitable[T]],
    *,
    reads: bool = False,
) -> T:
    """Run `work` by `Dialect.transact`, or by `Dialect.look` if `reads`; convert errors of the driver."""
    with explained(dialect, db, what):
        return await (dialect.look if reads else dialect.transact)(db, what, work)
