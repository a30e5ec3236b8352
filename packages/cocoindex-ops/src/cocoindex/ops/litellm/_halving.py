"""Finds the texts that a provider cannot embed, by halving requests, so that the others get vectors. Ops layer.

An internal error, or no success in time, may mean that the provider fails on one of the texts, or that it is down. If
it answers meanwhile, it is up, and failed requests are halved further. If it answers for none of a few halves, it is
down: after internal errors the whole request is sent again, after other failures the texts have failed.

Halves are sent one after another, as a provider may be too slow for more. Each may take all of its time, so after three
without success, the rest is sent in rounds, in which all halves are sent together.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cocoindex.errors import DeadlineExceededError
from cocoindex.resources.embedder import EmbedderError

from ._request import FOR_NOW, INTERNAL_ERROR
from .errors import ModelRequestError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Outcome: TypeAlias = NDArray[np.float32] | BaseException
else:
    Outcome = Any

# The HTTP status for a request that is too large, or invalid because of some of the texts.
_UNFIT: Final = frozenset({400, 413, 422, 424})
# The HTTP status of a temporary failure that remained until the time limit: another limit may be lower than the texts.
_LATE: Final = FOR_NOW - {INTERNAL_ERROR}
_TRIES: Final = 3  # attempts for one request, since an internal error may be temporary
_MOST_LATE: Final = 3  # requests without success in time, one after another

Ask: TypeAlias = Callable[[list[str], int | None], Awaitable[Sequence[Outcome]]]
"""Embeds texts; if a number is given, an internal error is final after so many attempts."""


class Halving:
    """Embeds the texts of one request, and halves it if that fails.

    Args:
        ask: embeds some of the texts.
        answers: how many requests the provider has answered so far, also others than these.
    """

    def __init__(self, ask: Ask, answers: Callable[[], int]) -> None:
        self._ask = ask
        self._answers = answers
        self._is_up = False
        self._left = 0  # further internal errors until a provider that has not answered yet counts as down
        self._late = 0  # requests without success in time since the provider last answered
        self._was_late = False
        self._in_rounds = False

    async def outcomes(self, texts: list[str]) -> list[Outcome]:
        """Return for each text its vector or its error."""
        if len(texts) > 1:
            self._left = 2 * len(texts).bit_length()
            outcomes = await self._halved(texts)
            if self._is_up or self._was_late:
                return outcomes
        return await self._asked(texts, None)

    async def _halved(self, texts: list[str]) -> list[Outcome]:
        outcomes = await self._asked(texts, _TRIES)
        failed = deque(self._halves(slice(0, len(texts)), outcomes))
        while failed and not self._is_down():
            if self._late >= _MOST_LATE:
                self._in_rounds, self._is_up = True, False
                failed = deque(half for piece in failed for half in _cut(piece))  # smaller ones fail less often
            pieces = [failed.popleft() for _ in range(len(failed) if self._in_rounds else 1)]
            parts = [texts[piece] for piece in pieces]
            founds = await asyncio.gather(*(self._asked(part, _TRIES if len(part) == 1 else 1) for part in parts))
            for piece, found in zip(pieces, founds, strict=True):
                outcomes[piece] = found
                failed += self._halves(piece, found)
        return outcomes

    async def _asked(self, texts: list[str], tries: int | None) -> list[Outcome]:
        before = self._answers()
        try:
            outcomes = [*await self._ask(texts, tries)]
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            outcomes = [error] * len(texts)
        if self._answers() > before:
            self._is_up, self._late = True, 0
        return outcomes

    def _halves(self, piece: slice, outcomes: list[Outcome]) -> list[slice]:
        """Return the halves that are to be sent, where all of a request has failed, perhaps because of some texts."""
        first = outcomes[0]
        if any(each is not first for each in outcomes) or not self._may_be_of_some(first) or len(outcomes) == 1:
            return []
        return _cut(piece)

    def _may_be_of_some(self, error: Outcome) -> bool:
        status = error.status_code if isinstance(error, ModelRequestError) else None
        if isinstance(error, DeadlineExceededError) or status in _LATE:
            self._was_late = True
            self._late += 1
            return True
        if status == INTERNAL_ERROR:
            self._left -= 1
            return True
        self._is_up, self._late = True, 0
        return status in _UNFIT or isinstance(error, EmbedderError)

    def _is_down(self) -> bool:
        if self._late >= _MOST_LATE:
            return self._in_rounds and not self._is_up
        return not (self._is_up or self._left > 0)


def _cut(piece: slice) -> list[slice]:
    """Return the halves of a range; of one text, only the range itself."""
    middle = (piece.start + piece.stop) // 2
    return [half for half in (slice(piece.start, middle), slice(middle, piece.stop)) if half.start < half.stop]
