"""What a provider answers is checked: each text gets its own vector, or an error that says why it has none."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from cocoindex.connectorkits import shown
from cocoindex.ops.litellm import LiteLLMEmbedder
from cocoindex.ops.litellm._vectors import read_vectors
from cocoindex.ops.litellm.errors import ModelRequestError
from cocoindex.resources.embedder import EmbedderArgumentError, EmbedderError

from .provider import Provider

HUGE = 10**5000  # has more digits than Python prints

Run = Callable[[Any], None]
TEXTS = ["x" * (number + 1) for number in range(20)]


async def outcomes(provider: Provider, texts: list[str] = TEXTS) -> list[Any]:
    model = LiteLLMEmbedder("openai/m", api_base=provider.url, api_key="k")
    return await asyncio.gather(*(model.embed(text) for text in texts), return_exceptions=True)


def plan(provider: Provider, rows: Any) -> None:
    provider.answers.append((200, {}, {"object": "list", "model": "m", "data": rows, "usage": {"total_tokens": 1}}))


def make_rows(*indices: Any) -> list[dict[str, Any]]:
    return [
        {"object": "embedding", "embedding": [float(len(text))], "index": i}
        for i, text in zip(indices, TEXTS, strict=False)
    ]


@pytest.mark.parametrize("is_said", [True, False])
def test_each_text_gets_its_own(provider: Provider, run: Run, is_said: bool) -> None:
    rows = make_rows(*range(20))
    if is_said:
        rows.reverse()
    else:
        for row in rows:
            del row["index"]

    async def main() -> None:
        plan(provider, rows)
        assert [vector.tolist() for vector in await outcomes(provider)] == [[float(len(text))] for text in TEXTS]

    run(main)


def test_places_that_are_texts_count_as_numbers() -> None:
    rows = sorted(make_rows(*map(str, range(20))), key=lambda row: str(row["index"]))
    vectors = read_vectors("m", SimpleNamespace(data=rows), 20)
    assert [vector[0] for vector in vectors if not isinstance(vector, EmbedderError)] == list(range(1, 21))


@pytest.mark.parametrize(
    "indices",
    [
        (0, 1, 1),
        (0, 1, 3),
        (1, 2, 3),
        (0, 1, None),
        (0, 1, "x"),
        (0, 1, 2.0),
        (-1, 0, 1),
        (0, True, 2),
        ([], 1, 2),
        ("1" * 5000, 0, 2),
        (10**5000, 0, 1),
    ],
)
def test_answers_that_do_not_say_which_is_which(indices: tuple[Any, ...]) -> None:
    with pytest.raises(EmbedderError, match="which vector belongs to which text"):
        read_vectors("m", SimpleNamespace(data=make_rows(*indices)), 3)


@pytest.mark.parametrize("data", [None, [], make_rows(0, 1), "abc", {"0": 1}])
def test_answers_of_another_length(data: Any) -> None:
    with pytest.raises(EmbedderError, match="for 3 texts"):
        read_vectors("m", SimpleNamespace(data=data), 3)
    with pytest.raises(EmbedderError, match="for 3 texts"):
        read_vectors("m", SimpleNamespace(), 3)


BAD: list[Any] = [
    *(None, [], [True], ["1.0"], [[1.0]], [None], ["x"], "x", {}, [1e99], [float("nan")], 3.0, [[1.0], [1.0, 2.0]]),
    *([True, 1.0], [1, True], ["1", 1.0], ["1", Decimal(1)], [None, 1.0], [1j, 1.0], [b"1", 1], [HUGE, 1], HUGE),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: shown(bad)[:20])
def test_a_text_without_a_vector_fails_alone(bad: Any) -> None:
    rows = make_rows(0, 1, 2)
    rows[1]["embedding"] = bad
    first, second, third = read_vectors("m", SimpleNamespace(data=rows), 3)
    assert isinstance(second, EmbedderError) and "returned no vector" in str(second)
    assert not isinstance(first, EmbedderError) and first.tolist() == [1.0]
    assert not isinstance(third, EmbedderError) and third.tolist() == [3.0]


def test_objects_and_the_other_format() -> None:
    packed = base64.b64encode(struct.pack("<2f", 1.0, 2.0)).decode()
    [vector] = read_vectors("m", SimpleNamespace(data=[SimpleNamespace(embedding=packed, index=0)]), 1)
    assert not isinstance(vector, EmbedderError) and vector.tolist() == [1.0, 2.0]


def test_half_a_surrogate_pair_fails_alone(provider: Provider, run: Run) -> None:
    async def main() -> None:
        good, bad = await outcomes(provider, ["good", "bad \ud83d"])
        assert good.tolist() == [4.0, 1.0, 0.0]
        assert isinstance(bad, EmbedderArgumentError) and "surrogate" in str(bad)

    run(main)


class Panic(BaseException):
    """What a library in another language raises."""


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("failure", [Panic(), Unprintable(), StopIteration()])
def test_whatever_is_raised_reaches_all_who_wait(
    provider: Provider, run: Run, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    async def fail(**_options: Any) -> None:
        raise failure

    monkeypatch.setattr("litellm.aembedding", fail)

    async def main() -> None:
        first, second = await outcomes(provider, TEXTS[:2])
        assert first is second
        assert failure in (first, first.__cause__) or isinstance(first.__cause__, RuntimeError)

    run(main)


def test_a_vector_that_is_missing_fails_alone(provider: Provider, run: Run) -> None:
    async def main() -> None:
        rows = make_rows(0, 1)
        rows[1]["embedding"] = []
        plan(provider, rows)
        good, bad = await outcomes(provider, TEXTS[:2])
        assert good.tolist() == [1.0] and isinstance(bad, EmbedderError)

    run(main)


def test_a_vector_of_another_size_fails_alone() -> None:
    rows = make_rows(0, 1, 2)
    rows[1]["embedding"] = [1.0, 2.0]
    first, second, third = read_vectors("m", SimpleNamespace(data=rows), 3)
    assert isinstance(second, EmbedderError) and "of size 2 for a text, and 1 for others" in str(second)
    assert not isinstance(first, EmbedderError) and not isinstance(third, EmbedderError)


def test_vectors_of_as_many_sizes_are_none() -> None:
    rows = make_rows(0, 1)
    rows[1]["embedding"] = [1.0, 2.0]
    with pytest.raises(EmbedderError, match="different sizes for 2 texts, such as"):
        read_vectors("m", SimpleNamespace(data=rows), 2)


def test_bare_lists_are_no_rows() -> None:
    [vector] = read_vectors("m", SimpleNamespace(data=[[1.0]]), 1)
    assert isinstance(vector, EmbedderError)


def test_what_the_library_says_is_one_line(provider: Provider, run: Run) -> None:
    async def main() -> None:
        provider.answers.append((200, {}, {"no": "embeddings"}))
        model = LiteLLMEmbedder("ollama/m", api_base=provider.url)
        with pytest.raises(ModelRequestError) as caught:
            await model.embed("x")
        assert "\n" not in str(caught.value) and "Traceback" not in str(caught.value)

    run(main)
