"""`complete`: calls a language model. Ops layer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from ._library import load_litellm
from ._request import DEFAULT_SECONDS, request


async def complete(model: str, messages: Sequence[Mapping[str, Any]], **kwargs: Any) -> str:
    """Return the text of a model's answer to a conversation.

    Args:
        model: LiteLLM's name of the model: "openai/gpt-4o-mini" ...
        messages: the conversation in OpenAI's format: `{"role": "user", "content": "..."}`.
        **kwargs: passed to `litellm.acompletion`: `temperature`, `response_format` ...

    Raises:
        ModelRequestError: (a `RuntimeError`) the provider refused, or still failed at the time limit.
        DeadlineExceededError: (a `TimeoutError`) no answer within 10 minutes, or before the deadline of
            `coco.timeout()`.
        MissingExtraError: (an `ImportError`) litellm is not installed.
    """
    litellm = await asyncio.to_thread(load_litellm)
    options = {"timeout": DEFAULT_SECONDS} | kwargs

    async def send() -> Any:
        return await litellm.acompletion(model=model, messages=[dict(each) for each in messages], **options)

    response = await request(model, DEFAULT_SECONDS, send)
    return response.choices[0].message.content or ""
