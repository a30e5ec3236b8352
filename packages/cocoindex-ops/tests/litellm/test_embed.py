"""`LiteLLMEmbedder` embeds texts, many in a request, and remembers their vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cocoindex.ops.litellm import LiteLLMEmbedder
from cocoindex.ops.litellm.errors import ModelRequestError
from cocoindex.resources.embedder import Embedder, EmbedderArgumentError
from cocoindex.resources.schema import VectorSchema, VectorSchemaProvider, get_vector_schema

from .provider import Provider

Run = Callable[[Any], None]


def embedder(provider: Provider, **options: Any) -> LiteLLMEmbedder:
    return LiteLLMEmbedder("openai/m", api_base=provider.url, api_key="k", **options)


def test_a_vector_has_one_dimension_and_float32(provider: Provider, run: Run) -> None:
    async def main() -> None:
        vector = await embedder(provider).embed("four")
        assert vector.dtype == np.float32 and vector.tolist() == [4.0, 1.0, 0.0]

    run(main)


def test_texts_that_wait_together_are_sent_together_and_come_back_in_order(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider)
        vectors = await asyncio.gather(*(model.embed("x" * length) for length in range(1, 151)))
        assert [vector[0] for vector in vectors] == list(range(1, 151))

    run(main)
    assert sorted(len(request["input"]) for request in provider.embedded) == [22, 64, 64]


def test_requests_are_under_way_side_by_side(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider)
        provider.gate.clear()
        asked = asyncio.gather(*(model.embed(f"{number}") for number in range(64 * 4)))
        await asyncio.to_thread(provider.wait_for, 4)
        provider.gate.set()
        await asked

    run(main)
    assert provider.at_once == 4


def test_no_more_requests_are_under_way_than_allowed(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider, max_inflight_requests=2)
        await asyncio.gather(*(model.embed(f"{number}") for number in range(64 * 6)))

    run(main)
    assert len(provider.embedded) == 6 and 1 <= provider.at_once <= 2


def test_a_refused_text_fails_alone(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider)
        outcomes = await asyncio.gather(
            *(model.embed(text) for text in ["a", "bb", "refused", "dddd"]), return_exceptions=True
        )
        refusal = outcomes.pop(2)
        assert isinstance(refusal, ModelRequestError) and refusal.status_code == 400
        assert "openai/m" in str(refusal) and "cannot be embedded" in str(refusal)
        assert [outcome[0] for outcome in outcomes if not isinstance(outcome, BaseException)] == [1, 2, 4]

    run(main)


def test_a_vector_is_remembered(provider: Provider, run: Run) -> None:
    async def main() -> None:
        await embedder(provider).embed("a")
        await embedder(provider).embed("a", input_type="search_query")

    run(main)
    assert len(provider.embedded) == 2
    run(main)
    assert len(provider.embedded) == 2


def test_another_key_is_no_other_embedder_and_another_model_is(provider: Provider, run: Run) -> None:
    async def with_options(**options: Any) -> None:
        await LiteLLMEmbedder(
            **{"model": "openai/text-embedding-3-small", "api_base": provider.url, "api_key": "k", **options}
        ).embed("a")

    expected = 0
    changes: list[tuple[dict[str, Any], int]] = [({}, 1), ({"api_key": "other"}, 0), ({"timeout": 5}, 0)]
    for options, new in [*changes, ({"dimensions": 3}, 1)]:
        expected += new

        async def main(options: dict[str, Any] = options) -> None:
            await with_options(**options)

        run(main)
        assert len(provider.embedded) == expected, options


def test_more_arguments_are_passed_on(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = LiteLLMEmbedder(
            "openai/text-embedding-3-small", api_base=provider.url, api_key="k", dimensions=512, user="me"
        )
        await model.embed("a")

    run(main)
    (request,) = provider.embedded
    assert (request["dimensions"], request["user"], request["model"]) == (512, "me", "text-embedding-3-small")


@pytest.mark.parametrize("model", ["openai/m", "hosted_vllm/m"])
def test_plain_numbers_are_asked_for(provider: Provider, run: Run, model: str) -> None:
    async def main() -> None:
        await LiteLLMEmbedder(model, api_base=provider.url, api_key="k").embed("a")

    run(main)
    assert provider.embedded[0]["encoding_format"] == "float"


def test_another_format_may_be_asked_for(provider: Provider, run: Run) -> None:
    async def main() -> None:
        await embedder(provider, encoding_format="base64").embed("a")

    run(main)
    assert provider.embedded[0]["encoding_format"] == "base64"


@pytest.mark.parametrize("text", ["data:image/png;base64,AAAA", "gs://bucket/x", "files/abc"])
def test_what_looks_like_a_reference_is_sent_as_text(provider: Provider, run: Run, text: str) -> None:
    async def main() -> None:
        await embedder(provider).embed(text)

    run(main)
    assert provider.embedded[0]["input"] == [f" {text}"]


@pytest.mark.parametrize("text", ["data: that", "a gs://bucket", "file/abc", ""])
def test_any_other_text_is_sent_as_it_is(provider: Provider, run: Run, text: str) -> None:
    async def main() -> None:
        await embedder(provider).embed(text)

    run(main)
    assert provider.embedded[0]["input"] == [text]


def test_it_says_which_vectors_it_makes(provider: Provider, run: Run) -> None:
    async def main() -> None:
        model = embedder(provider)
        assert isinstance(model, VectorSchemaProvider) and isinstance(model, Embedder)
        assert await get_vector_schema(model) == await get_vector_schema(model) == VectorSchema(np.dtype("f4"), 3)

    run(main)
    assert len(provider.embedded) == 1
    run(main)
    assert len(provider.embedded) == 1  # a later update asks nobody


@pytest.mark.parametrize(
    "options",
    [{"model": ""}, {"model": None}, {"timeout": 0}, {"timeout": "5"}, {"timeout": True}]
    + [{"max_inflight_requests": most} for most in (0, -1, 1.5, True)],
)
def test_what_cannot_be_an_argument_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EmbedderArgumentError, match=next(iter(options))):
        LiteLLMEmbedder(**{"model": "m", **options})


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("it has no repr")


@pytest.mark.parametrize("wrong", [3, None, b"a" * 1_000_000, Unprintable()])
def test_what_is_no_text_is_refused_in_a_short_message(provider: Provider, run: Run, wrong: Any) -> None:
    async def main() -> None:
        for arguments in ((wrong,), ("a", wrong or 3)):
            with pytest.raises(EmbedderArgumentError) as refused:
                await embedder(provider).embed(*arguments)
            assert len(str(refused.value)) < 300

    run(main)
    assert provider.embedded == []
