"""One request to a provider: retried after temporary failures, with a time limit. Ops layer."""

from __future__ import annotations

import asyncio
import email.utils
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeVar

from cocoindex.connectorkits import is_number, shown
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.connectorkits.retry import Backoff
from cocoindex.errors import DeadlineExceededError
from cocoindex.resources.embedder import EmbedderArgumentError

from ._library import load_litellm
from .errors import ModelRequestError

T = TypeVar("T")

DEFAULT_SECONDS: Final = 600.0
# The HTTP statuses of temporary failures; for all others, a retry would fail again.
INTERNAL_ERROR: Final = 500
FOR_NOW: Final = frozenset({408, 409, 425, 429, INTERNAL_ERROR, 502, 503, 504, 529})
# The statuses of requests that need payment first, or are too large; providers use 429 for them, too.
_PAYMENT_REQUIRED: Final = 402
_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429
_UNPAID: Final = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_LIMIT: Final = re.compile(r"\blimit:? (\d+)\b.*?\brequested:? (\d+)\b", re.IGNORECASE)

_MOST_CAUSES: Final = 20  # a chain of causes may be circular
_LONGEST: Final = 1000  # characters of a provider's message

_CLIENTS: Final = frozenset({"aiohttp", "httpx", "openai"})


def as_seconds(timeout: timedelta | float | None) -> float:
    """Return the time limit of a request in seconds; raise `EmbedderArgumentError` (a `TypeError`) if it is invalid."""
    if timeout is None:
        return DEFAULT_SECONDS
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if not is_number(seconds) or seconds <= 0:
        raise EmbedderArgumentError(f"timeout is a timedelta or a number of seconds above 0, not {shown(timeout)}")
    return float(seconds)


async def request(model: str, seconds: float, send: Callable[[], Awaitable[T]], tries: int | None = None) -> T:
    """Return the result of `send()`; call it again if the provider is busy or cannot be reached.

    The provider may say how long to wait (`Retry-After`). A request that gets no answer in time is not repeated.

    Args:
        model: the name of the model for errors.
        seconds: the time limit for all attempts and the pauses between them; `coco.timeout()` may end sooner.
        send: sends the request.
        tries: the number of internal errors after which the request counts as refused; None for no limit but the time.

    Raises:
        ModelRequestError: (a `RuntimeError`) the provider refused, or still failed at the time limit.
        DeadlineExceededError: (a `TimeoutError`) no answer in time.
    """
    left = remaining_seconds()
    try:
        async with asyncio.timeout(seconds if left is None else min(seconds, left)):
            return await _until_it_works(model, Backoff(seconds=seconds, first=0.5), send, tries)
    except TimeoutError as error:
        if isinstance(error, DeadlineExceededError):
            raise
        raise _too_late(model, seconds) from error


async def _until_it_works(model: str, backoff: Backoff, send: Callable[[], Awaitable[T]], tries: int | None) -> T:
    litellm = load_litellm()
    internal_errors = 0
    while True:
        try:
            return await send()
        except Exception as error:
            if isinstance(error, litellm.Timeout) and _headers(error) is None:
                raise TimeoutError from error  # the provider's client timed out
            said = _said(error)
            status = _status(error, said)
            refusal = ModelRequestError(model, status, said)
            refusal.__cause__ = error
            if status not in FOR_NOW or (status == INTERNAL_ERROR and not _was_sent(error)):
                raise refusal from error
            internal_errors += status == INTERNAL_ERROR
            if internal_errors == tries:
                raise refusal from error
            await backoff.pause(refusal, at_least=_retry_after(error))


def _said(error: Exception) -> str:
    """Return the message of an error in one line, without LiteLLM's tracebacks, of limited length."""
    try:
        said = str(error)
    except Exception:  # an exception of another library whose text cannot be computed
        return f"{type(error).__name__}, which cannot be printed"
    text = " ".join(said.partition("Traceback (most recent call last)")[0].split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _status(error: Exception, said: str) -> int | None:
    """Return the HTTP status; 413 and 402 in place of a 429 that remains however long one waits."""
    status: int | None = getattr(error, "status_code", None)
    if status != _TOO_MANY:
        return status
    causes = [*_causes(error)]
    limit = _LIMIT.search(said)
    if limit and int(limit[2]) > int(limit[1]):  # more tokens than may be used in a minute
        return _TOO_LARGE
    if any(getattr(cause, "status_code", None) == _TOO_LARGE for cause in causes):  # LiteLLM has changed it
        return _TOO_LARGE
    if any(getattr(cause, "code", None) in _UNPAID for cause in causes) or any(code in said for code in _UNPAID):
        return _PAYMENT_REQUIRED
    return status


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its cause, the cause of that, and so on."""
    for _ in range(_MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _was_sent(error: BaseException) -> bool:
    """Say whether an error comes from the network; LiteLLM uses the status 500 for its own failures, too."""
    for cause in _causes(error):
        library, _, _ = type(cause).__module__.partition(".")
        # OpenAI's client raises a plain OpenAIError only for missing credentials, before it sends a request.
        if isinstance(cause, ConnectionError) or (library in _CLIENTS and type(cause).__name__ != "OpenAIError"):
            return True
    return False


def _headers(error: Exception) -> Any:
    """Return the headers of the provider's answer; None if there was no answer."""
    return getattr(error, "litellm_response_headers", None)


def _retry_after(error: Exception) -> float:
    """Return how many seconds the provider asks to wait; 0 if it does not say."""
    said = (_headers(error) or {}).get("retry-after")
    return _parsed(str(said)) if said else 0.0


def _parsed(said: str) -> float:
    """Return the seconds in a `Retry-After` header, which holds a number or an HTTP date; 0 if it is invalid."""
    try:
        return max(0.0, float(said))
    except ValueError:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
        except ValueError:
            return 0.0


def _too_late(model: str, seconds: float) -> DeadlineExceededError:
    return DeadlineExceededError(
        f"the model {model!r} gave no answer within {seconds:g} seconds, or before the time of coco.timeout() ended; "
        "give more time with timeout=, or ask for less at once"
    )
