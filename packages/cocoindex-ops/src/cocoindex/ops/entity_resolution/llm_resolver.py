"""`LlmPairResolver`: lets a language model decide whether names mean the same entity. Ops layer; needs litellm."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.ops.litellm import complete

from ._decision import CanonicalSide, PairDecision
from .errors import EntityArgumentError

__all__ = ["LlmPairResolver"]

_TASK = """\
You decide whether {kind} is already known under another name.

You are given a new name and a list of candidates, which are names that are known. At most one candidate means exactly \
the same as the new name: spelling, abbreviation, legal form, title or language may differ, the thing may not. A part, \
a product, a relative, a predecessor or a thing of the same kind is another thing. Where you are not sure, nothing \
matches.

Answer with one JSON object and nothing else:
{{"matched": <the candidate, letter by letter as it is given, or null>, "canonical": <"matched" or "new">}}

"canonical" says which name is the better one to stand for both: "matched" for the candidate, "new" for the new name. \
Take the one by which it is known best: neither a needless legal form nor an unclear abbreviation."""


class _Answer(msgspec.Struct):
    matched: str | None = None
    canonical: CanonicalSide = CanonicalSide.MATCHED


@dataclass(frozen=True, kw_only=True)
class LlmPairResolver:
    """A `PairResolver` that calls a language model, and retries if the answer is invalid.

    Answers are memoized: a name with the same candidates is sent again only if the model or the prompt changes.

    Args:
        model: LiteLLM's name of the model: "openai/gpt-4o-mini", "anthropic/claude-haiku-4-5" ...
        entity_type: the kind of entities named: "person", "technology", "organization" ...
        extra_guidance: domain rules added to the prompt; must not change the form of the answer.
        retries: how often the model is asked again if its answer has the wrong form or names something that is not a
            candidate. After that, the decision is that no candidate matches.

    Raises:
        EntityArgumentError: (a `TypeError` or `ValueError`) invalid argument.
    """

    model: str
    entity_type: str | None = None
    extra_guidance: str | None = None
    retries: int = 2

    def __post_init__(self) -> None:
        if not isinstance(self.model, str) or not self.model:
            raise EntityArgumentError(f"model must be the name of a model of LiteLLM, not {shown(self.model)}")
        for name in ("entity_type", "extra_guidance"):
            if not isinstance(getattr(self, name), str | None):
                raise EntityArgumentError(f"{name} is a str or None, not {shown(getattr(self, name))}")
        if isinstance(self.retries, bool) or not isinstance(self.retries, int) or self.retries < 0:
            raise EntityArgumentError(f"retries is a number, 0 or more, not {shown(self.retries)}")

    @coco.fn(memo=True)
    async def __call__(self, entity: str, candidates: list[str]) -> PairDecision:
        """Decide on `entity`.

        Raises:
            ModelRequestError: (a `RuntimeError`) the provider refused, or still failed at the time limit.
            DeadlineExceededError: (a `TimeoutError`) no answer in time.
            MissingExtraError: (an `ImportError`) litellm is not installed.
        """
        question = f"New name: {entity!r}\nCandidates: {msgspec.json.encode(candidates).decode()}"
        said = [{"role": "system", "content": self._prompt()}, {"role": "user", "content": question}]
        for _ in range(self.retries + 1):
            coco.check_cancellation()
            text = await complete(self.model, said, response_format={"type": "json_object"})
            decision, objection = _read(text, candidates)
            if decision is not None:
                return decision
            said += [{"role": "assistant", "content": text}, {"role": "user", "content": objection}]
        return PairDecision()

    def _prompt(self) -> str:
        kind = "something" if self.entity_type is None else f"something of the type {self.entity_type!r}"
        prompt = _TASK.format(kind=kind)
        return prompt if self.extra_guidance is None else f"{prompt}\n\nRules for these names:\n{self.extra_guidance}"

    def __coco_memo_key__(self) -> object:
        return (self.model, self._prompt(), self.retries)


def _read(text: str, candidates: list[str]) -> tuple[PairDecision | None, str]:
    """Return the decision in an answer, or None and the objection to send to the model."""
    try:
        answer = msgspec.json.decode(text, type=_Answer)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        return None, f"That is no JSON object of the form that was asked for: {error}. Answer with the object alone."
    if answer.matched is None or answer.matched in candidates:
        return PairDecision(answer.matched, answer.canonical), ""
    return None, (
        f"{answer.matched!r} is none of the candidates. Answer with one of them, letter by letter, or with null: "
        f"{msgspec.json.encode(candidates).decode()}"
    )
