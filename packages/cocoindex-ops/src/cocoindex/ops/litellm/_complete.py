"""`complete`: what a language model says next. Ops layer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from ._library import load_litellm
from ._request import DEFAULT_SECONDS, request


async def complete(model: str, messages: Sequence[Mapping[str, Any]], **kwargs: Any) -> str:
    """Return the text that a model answers to a conversation.

    Args:
        model: as LiteLLM names it: "openai/gpt-4o-mini" ...
        messages: what was said, as in OpenAI's protocol: `{"role": "user", "content": "..."}`.
        **kwargs: given to `litellm.acompletion`: `temperature`, `response_format` ...

    Raises:
        ModelRequestError: (a `RuntimeError`) the provider refused, or still failed when the time was over.
        DeadlineExceededError: (a `TimeoutError`) no answer came in 10 minutes, or in the time of `coco.timeout()`.
        MissingExtraError: (an `ImportError`) litellm is not installed.
    """
    litellm = await asyncio.to_thread(load_litellm)
    options = {"timeout": DEFAULT_SECONDS} | kwargs

    async def send() -> Any:
        return await litellm.acompletion(model=model, messages=[dict(each) for each in messages], **options)

    response = await request(model, DEFAULT_SECONDS, send)
    return response.choices[0].message.content or ""
