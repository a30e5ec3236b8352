"""Finds the texts that a provider cannot embed, by halves, so that the others get their vectors. Ops layer.

An internal error may mean that one of the texts is bad, or that the provider is down. A provider that answers for some
of the texts is up: then the others are halved, too. One that answers for none of a few is asked again as a whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ._request import INTERNAL_ERROR
from .errors import ModelRequestError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Outcome: TypeAlias = NDArray[np.float32] | BaseException
else:
    Outcome = Any

# What a provider answers to a request that some of the texts make too large or unfit.
_UNFIT: Final = frozenset({400, 413, 422, 424})
_TRIES: Final = 3  # of one request that may just have met a bad moment

Ask: TypeAlias = Callable[[list[str], int | None], Awaitable[Sequence[Outcome]]]
"""Has texts embedded; an internal error is final after so many tries, if a number is given."""


class Halving:
    """The texts of one request.

    Args:
        ask: has some of them embedded.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._is_up = False
        self._left = 0  # internal errors until a provider that has answered nothing counts as down

    async def outcomes(self, texts: list[str]) -> list[Outcome]:
        """The vector of each text, or why it has none."""
        if len(texts) > 1:
            self._left = 2 * len(texts).bit_length()
            outcomes = await self._halved(texts, _TRIES)
            if self._is_up:
                return outcomes
        return await self._asked(texts, None)

    async def _asked(self, texts: list[str], tries: int | None) -> list[Outcome]:
        try:
            return [*await self._ask(texts, tries)]
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            return [error] * len(texts)

    async def _halved(self, texts: list[str], tries: int) -> list[Outcome]:
        outcomes = await self._asked(texts, tries)
        error = outcomes[0]
        status = error.status_code if isinstance(error, ModelRequestError) else None
        if status == INTERNAL_ERROR:
            self._left -= 1
        else:
            self._is_up = True
        if len(texts) == 1 or status not in {*_UNFIT, INTERNAL_ERROR}:
            return outcomes
        middle = len(texts) // 2
        outcomes = []
        for half in (texts[:middle], texts[middle:]):
            if self._is_up or self._left > 0:
                outcomes += await self._halved(half, _TRIES if len(half) == 1 else 1)
            else:
                outcomes += [error] * len(half)
        return outcomes
