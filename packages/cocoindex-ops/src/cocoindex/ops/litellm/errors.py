"""Errors of requests through LiteLLM, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class ModelRequestError(CocoIndexError, RuntimeError):
    """A provider refused a request to a model, or could not answer it.

    Attributes:
        model: the name of the model, as given.
        status_code: HTTP status or its equivalent; None if there is none.
    """

    def __init__(self, model: str, status_code: int | None, why: str) -> None:
        self.model, self.status_code = model, status_code
        super().__init__(f"the model {model!r} cannot be used: {why}")

    def __reduce__(self) -> tuple[type[ModelRequestError], tuple[str, int | None, str]]:
        why = str(self).partition(" cannot be used: ")[2]
        return ModelRequestError, (self.model, self.status_code, why)
