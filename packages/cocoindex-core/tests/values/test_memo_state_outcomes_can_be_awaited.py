"""Who asks a state function need not know whether it answers at once."""

from __future__ import annotations

import asyncio
import inspect

import cocoindex as coco


def test_an_answer_gives_itself() -> None:
    outcome = coco.MemoStateOutcome(state=1, memo_valid=True)

    async def ask() -> coco.MemoStateOutcome:
        return await outcome

    assert asyncio.run(ask()) is outcome
    assert inspect.isawaitable(outcome)
    assert asyncio.run(asyncio.wait_for(ask(), 10)) == (1, True, False)
