"""What an exception says, and notes on it, whatever its class does: it comes from users, and may refuse both.

Beside `errors`, above all layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from types import TracebackType
from typing import Final, TypeGuard, TypeVar

E = TypeVar("E", bound=BaseException)
_LONGEST: Final = 20_000
# As they are, whatever the class of an exception, or the class of that class, makes of them.
_NAME: Final = type.__dict__["__name__"].__get__
_MRO: Final = type.__dict__["__mro__"].__get__
_TRACEBACK: Final = BaseException.__dict__["__traceback__"].__get__
_RAISED_AT: Final = BaseException.with_traceback
_CAUSE: Final = BaseException.__dict__["__cause__"].__get__
_CONTEXT: Final = BaseException.__dict__["__context__"].__get__
_HIDES_CONTEXT: Final = BaseException.__dict__["__suppress_context__"].__get__
_EXCEPTIONS: Final = BaseExceptionGroup.__dict__["exceptions"].__get__
_MOST_PARTS: Final = 3


def is_a(error: object, *kinds: type[E]) -> TypeGuard[E]:
    """Return whether it is of one of these classes; `isinstance()` asks `__class__`, which may raise."""
    return issubclass(type(error), kinds)


def name_of_class(error: BaseException) -> str:
    """Return the name of its class."""
    name: str = _NAME(type(error))
    return name


def names_of_classes(error: BaseException) -> list[str]:
    """Return the names of its class and of all that this derives from."""
    return [_NAME(kind) for kind in _MRO(type(error))]


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return where it was raised."""
    found: TracebackType | None = _TRACEBACK(error)
    return found


def raised_at(error: E, traceback: TracebackType | None) -> E:
    """Return an exception as if it had been raised there, and nowhere since."""
    _RAISED_AT(error, traceback)
    return error


def cause_of(error: BaseException) -> BaseException | None:
    """Return what it was raised from."""
    found: BaseException | None = _CAUSE(error)
    return found


def raised_from(error: BaseException) -> Iterator[BaseException]:
    """Give an exception, what it was raised from, and so on; each once, as they may go in a circle."""
    return _along(error, cause_of)


def shown_with(error: BaseException) -> Iterator[BaseException]:
    """Give an exception, what it was raised from or while handling it, and so on, as a traceback shows them."""
    return _along(error, lambda at: cause_of(at) if _HIDES_CONTEXT(at) else _origin_of(at))


def all_shown_with(error: BaseException) -> Iterator[BaseException]:
    """Give all exceptions of a traceback: those of `shown_with`, and those in groups with theirs."""
    seen: set[int] = set()
    open_ = [error]
    while open_:
        for at in shown_with(open_.pop()):
            if id(at) in seen:
                break
            seen.add(id(at))
            yield at
            if is_a(at, BaseExceptionGroup):
                open_ += _EXCEPTIONS(at)


def origins(error: BaseException) -> Iterator[BaseException]:
    """Give an exception, what it comes from, and so on; each once, as they may go in a circle."""
    return _along(error, _origin_of)


def _along(error: BaseException, before: Callable[[BaseException], BaseException | None]) -> Iterator[BaseException]:
    at: BaseException | None = error
    seen: set[int] = set()
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = before(at)


def _origin_of(error: BaseException) -> BaseException | None:
    cause = cause_of(error)
    return _CONTEXT(error) if cause is None else cause


def text_of(error: BaseException) -> str:
    """Return `str(error)`, in bounded length; the name of its class where that raises. It never raises."""
    try:
        text = str(error)
    except BaseException as raised:  # whatever user code raises
        return f"<{name_of_class(error)}, whose str() raises {name_of_class(raised)}>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def described(error: BaseException) -> str:
    """Return the name of its class and what it says, as the last line of a traceback has them. It never raises.

    Of a group, it also describes the first exceptions in it.
    """
    text = text_of(error)
    told = f"{name_of_class(error)}: {text}" if text else name_of_class(error)
    if not is_a(error, BaseExceptionGroup):
        return told
    parts = list(islice(parts_of(error), _MOST_PARTS + 1))
    more = ["..."] if len(parts) > _MOST_PARTS else []
    return f"{told}: {'; '.join([*map(described, parts[:_MOST_PARTS]), *more])}"


def parts_of(error: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions in a group and in the groups in it; the exception itself if it is no group."""
    open_ = [error]
    while open_:
        at = open_.pop()
        if is_a(at, BaseExceptionGroup):
            open_ += reversed(_EXCEPTIONS(at))
        else:
            yield at


def words_of(error: BaseException) -> tuple[type, str]:
    """Return the class and the text of an exception, for finding equal ones."""
    return type(error), text_of(error)


def notes_of(error: BaseException) -> list[str]:
    """Return the notes on an exception; none where it does not give them."""
    try:
        return [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    except BaseException:  # whatever user code raises
        return []


def add_note(error: BaseException, note: str) -> None:
    """Add a note to an exception, also to one that is frozen; nothing happens to one that takes none."""
    try:
        # As BaseException.add_note() does, but for what the class makes of it.
        object.__setattr__(error, "__notes__", [*notes_of(error), note])
    except BaseException:  # whatever user code raises
        pass


def can_be_traced(error: BaseException) -> bool:
    """Return whether the traceback module can format it, with its causes: not where `__notes__` raises."""
    import traceback

    try:
        traceback.TracebackException(type(error), error, None, limit=0)
    except BaseException:  # whatever user code raises
        return False
    return True
