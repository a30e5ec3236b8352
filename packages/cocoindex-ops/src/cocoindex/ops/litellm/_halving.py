"""Finds the texts that a provider cannot embed, by halving requests, so that the others get vectors. Ops layer.

An internal error may mean that the provider fails on one of the texts, or that it is down. If the provider answers for
some texts, it is up, and failed requests are halved further. If it answers for none of a few halves, the whole request
is sent again.
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

# The HTTP status for a request that is too large, or invalid because of some of the texts.
_UNFIT: Final = frozenset({400, 413, 422, 424})
_TRIES: Final = 3  # attempts for one request, since an internal error may be temporary

Ask: TypeAlias = Callable[[list[str], int | None], Awaitable[Sequence[Outcome]]]
"""Embeds texts; if a number is given, an internal error is final after so many attempts."""


class Halving:
    """Embeds the texts of one request, and halves it if that fails.

    Args:
        ask: embeds some of the texts.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._is_up = False
        self._left = 0  # further internal errors until a provider that has not answered yet counts as down

    async def outcomes(self, texts: list[str]) -> list[Outcome]:
        """Return for each text its vector or its error."""
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
