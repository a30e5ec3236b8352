"""`LlmPairResolver` asks a model, checks the answer, asks again where it makes no sense, and remembers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.ops.entity_resolution import CanonicalSide, PairDecision
from cocoindex.ops.entity_resolution.errors import EntityArgumentError
from cocoindex.ops.entity_resolution.llm_resolver import LlmPairResolver

from ..litellm.provider import Provider, let_go

CANDIDATES = ["Microsoft", "Apple"]
# Said by pydantic of a class of LiteLLM's.
pytestmark = pytest.mark.filterwarnings("ignore:Item .* on TypedDict class:UserWarning")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that models named `openai/...` are asked of."""
    started = Provider()
    monkeypatch.setenv("OPENAI_BASE_URL", started.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    yield started
    started.stop()


@pytest.fixture
def ask(provider: Provider, tmp_path: Path) -> Callable[..., PairDecision]:
    """Asks a resolver in an app, on the same store each time; the answers are those of the model."""

    def ask(*answers: object, entity: str = "MS", **options: Any) -> PairDecision:
        provider.asked.clear()
        provider.completions[:] = [each if isinstance(each, str) else json.dumps(each) for each in answers]
        decisions: list[PairDecision] = []

        @coco.fn
        async def main() -> None:
            resolver = LlmPairResolver(**{"model": "openai/m", **options})
            decisions.append(await resolver(entity, list(CANDIDATES)))

        async def update() -> None:
            environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
            try:
                await coco.App(coco.AppConfig("app", environment=environment), main).update()
            finally:
                environment.close()
                await let_go()

        asyncio.run(update())
        return decisions[0]

    return ask


def test_it_says_what_the_model_says(ask: Callable[..., PairDecision]) -> None:
    assert ask({"matched": "Microsoft", "canonical": "new"}) == PairDecision("Microsoft", CanonicalSide.NEW)
    assert ask({"matched": None}, entity="Oracle") == PairDecision()


def test_the_prompt_holds_type_rules_name_and_candidates(ask: Callable[..., PairDecision], provider: Provider) -> None:
    ask({"matched": None}, entity_type="organization", extra_guidance="'Amazon' is not 'AWS'.")
    system, user = (message["content"] for message in provider.asked[0]["messages"])
    assert "organization" in system and "'Amazon' is not 'AWS'." in system
    assert "MS" in user and all(candidate in user for candidate in CANDIDATES)


@pytest.mark.parametrize("nonsense", [{"matched": "Nobody"}, "no JSON", {"matched": "Apple", "canonical": "both"}, [1]])
def test_nonsense_is_asked_about_again(ask: Callable[..., PairDecision], provider: Provider, nonsense: object) -> None:
    assert ask(nonsense, {"matched": "Microsoft"}) == PairDecision("Microsoft")
    again = provider.asked[1]["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize(("retries", "asked"), [(None, 3), (0, 1), (1, 2), (3, 4)])
def test_it_gives_up_after_so_many_retries(
    ask: Callable[..., PairDecision], provider: Provider, retries: int | None, asked: int
) -> None:
    options = {} if retries is None else {"retries": retries}
    assert ask(*[{"matched": "Nobody"}] * 9, **options) == PairDecision()
    assert len(provider.asked) == asked


def test_a_decision_is_remembered_until_model_or_prompt_change(
    ask: Callable[..., PairDecision], provider: Provider
) -> None:
    answer = {"matched": "Microsoft"}
    ask(answer)
    assert ask() == PairDecision("Microsoft") and provider.asked == []
    ask(answer, extra_guidance="Mind the dots.")
    assert len(provider.asked) == 1
    ask(answer, model="openai/other")
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "options",
    [{"model": ""}, {"model": None}, {"entity_type": 3}, {"extra_guidance": 3}, {"retries": -1}, {"retries": "2"}],
)
def test_what_cannot_be_an_argument_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EntityArgumentError, match=next(iter(options))):
        LlmPairResolver(**{"model": "m", **options})


def test_nothing_heavy_is_imported_before_use() -> None:
    code = (
        "import sys, cocoindex.ops.entity_resolution.llm_resolver as m; m.LlmPairResolver(model='m')\n"
        "print(*[name for name in ('numpy', 'litellm', 'openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
