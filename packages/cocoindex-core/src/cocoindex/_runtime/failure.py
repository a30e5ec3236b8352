"""Exception handlers for background components: the chain, the context, the default. Layer: _runtime."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import msgspec

from cocoindex._shown import shown, without_passwords

from .._described import add_note, described, is_a, notes_of
from .._values import call_misfit
from ..errors import ExceptionHandlerError
from .dataclass_fields import DataclassFields
from .interruption import is_interruption
from .log import ERROR, log

if TYPE_CHECKING:
    from .._keys import StablePath

MountKind: TypeAlias = Literal["mount", "mount_each", "delete_background", "process_live"]


class ExceptionContext(msgspec.Struct, frozen=True):
    """Details of a failure, passed to an exception handler.

    Args:
        env_name: name of the environment.
        stable_path: path of the component that failed.
        processor_name: name of its function, if known.
        mount_kind: the kind of work that failed.
        parent_stable_path: path of the component that mounted it.
        is_background: always True; foreground failures raise.
        source: `handler` if `exc` was raised by a handler, else `component`.
        original_exception: the component's own exception, if `source` is `handler`.
    """

    env_name: str
    stable_path: str
    processor_name: str | None
    mount_kind: MountKind
    parent_stable_path: str | None
    is_background: bool = True
    source: Literal["component", "handler"] = "component"
    original_exception: BaseException | None = None
    __dataclass_fields__ = DataclassFields()


ExceptionHandler: TypeAlias = Callable[[BaseException, ExceptionContext], "Awaitable[None] | None"]
H = TypeVar("H")


_IN_COMPONENT = "in component "


def note_component(error: BaseException, path: StablePath, name: str | None) -> None:
    """Add a note to a raised failure that names its component; the innermost one is kept."""
    if component_note(error) is None:
        add_note(error, without_passwords(f"{_IN_COMPONENT}{path} ({name})"))


def component_note(error: BaseException) -> str | None:
    """Return the note that names the component of a failure, if there is one."""
    return next((note for note in notes_of(error) if note.startswith(_IN_COMPONENT)), None)


def checked_handler(handler: H, what: str) -> H:
    """Return `handler`, which was passed as `what`; None means no handler.

    Raises:
        ExceptionHandlerError: (a TypeError) it cannot be called with an exception and its context.
    """
    if handler is None:
        return handler
    if not callable(handler) or isinstance(handler, type):
        raise ExceptionHandlerError(
            f"{what} takes a function of an exception and a coco.ExceptionContext, not {shown(handler)}"
        )
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise ExceptionHandlerError(
            f"{what} cannot take the generator "
            f"{getattr(handler, '__qualname__', handler)}, as calling it would run nothing"
        )
    if (why := call_misfit(handler, (None, None))) is not None:
        raise ExceptionHandlerError(
            f"{what} takes a function of two arguments, an exception and a coco.ExceptionContext; "
            f"{getattr(handler, '__qualname__', handler)!r} cannot be called with two: {why}"
        )
    return handler


async def handle_failure(
    exc: BaseException, context: ExceptionContext, handlers: tuple[ExceptionHandler, ...]
) -> BaseException | None:
    """Call the handlers, innermost first; the exception of one that raises is passed to the next.

    Returns:
        The exception that left the outermost handler; None if a handler settled the failure, or it was logged because
        there is none.
    """
    import asyncio

    if not handlers or is_a(exc, asyncio.CancelledError):  # handlers are not called for a call that cancelled itself
        log_failure(exc, context)
        return None
    current, told = exc, context
    try:
        for handler in reversed(handlers):
            try:
                outcome = handler(current, told)
                if inspect.isawaitable(outcome):
                    await outcome
            except BaseException as raised:
                task = asyncio.current_task()
                pressed = is_a(raised, KeyboardInterrupt) and raised is not current and is_interruption(raised)
                if pressed or (task is not None and task.cancelling()):
                    raise
                current = raised
                told = msgspec.structs.replace(context, source="handler", original_exception=exc)
            else:
                return None
        return current
    finally:
        del exc, current, told  # the raised exception refers to this frame


def log_failure(exc: BaseException, context: ExceptionContext) -> None:
    """Log one ERROR record with the path and the traceback, if no handler is registered.

    Its attribute `component_failure` has the exception and the context, for log handlers that report it differently.
    """
    what = "removal" if context.mount_kind == "delete_background" else "processing"
    name = context.processor_name or "unknown function"
    message = f"{what} failed: component {context.stable_path} ({name}): {described(exc)}"
    log(ERROR, message, exc, component_failure=(exc, context))
