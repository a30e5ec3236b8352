"""Reads the vector of each text from the reply of a provider. Ops layer."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

from cocoindex.connectorkits import shown
from cocoindex.resources.embedder import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FORMAT: Final = "float"
# Providers with OpenAI's protocol; their client requests another format by default, which some servers do not support.
_LIKE_OPENAI: Final = frozenset({"azure", "hosted_vllm", "litellm_proxy", "openai", "openai_like"})

_SHOWN: Final = 10  # places in an error
_LONGEST_PLACE: Final = 20  # digits; Python refuses to convert some thousand


def format_options(litellm: Any, model: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the option that requests plain numbers from a provider, unless the caller chooses a format."""
    if "encoding_format" in options:
        return {}
    try:
        provider = litellm.get_llm_provider(
            model, options.get("custom_llm_provider"), options.get("api_base"), options.get("api_key")
        )[1]
    except Exception:  # the request for vectors will raise the same error
        return {}
    return {"encoding_format": _FORMAT} if provider in _LIKE_OPENAI else {}


def read_vectors(model: str, response: Any, count: int) -> Sequence[NDArray[np.float32] | EmbedderError]:
    """Return for each text its vector or its error.

    Raises:
        EmbedderError: the number of vectors differs from `count`, or it is unclear which vector belongs to which text.
    """
    rows = getattr(response, "data", None)
    if not isinstance(rows, list | tuple) or len(rows) != count:
        found = f"{len(rows)} vectors" if isinstance(rows, list | tuple) else "no list of vectors"
        raise EmbedderError(f"the model {model!r} gave {found} for {count} texts; try another provider")
    vectors = [_vector(model, _get(row, "embedding")) for row in _in_order(model, rows)]
    return _of_one_size(model, vectors)


def _of_one_size(
    model: str, vectors: Sequence[NDArray[np.float32] | EmbedderError]
) -> Sequence[NDArray[np.float32] | EmbedderError]:
    """Return the vectors, with an error in place of those whose size differs from that of most others."""
    sizes = Counter(len(vector) for vector in vectors if not isinstance(vector, EmbedderError)).most_common(2)
    if len(sizes) < 2:
        return vectors
    (usual, most), (_, next_most) = sizes
    if most == next_most:
        raise EmbedderError(
            f"the model {model!r} returned vectors of different sizes for {len(vectors)} texts, such as {usual} and "
            f"{sizes[1][0]}; try another provider"
        )
    return [
        vector
        if isinstance(vector, EmbedderError) or len(vector) == usual
        else EmbedderError(
            f"the model {model!r} gave a vector of size {len(vector)} for a text, and {usual} for others"
        )
        for vector in vectors
    ]


def _in_order(model: str, rows: Sequence[Any]) -> Sequence[Any]:
    """Return the rows in the order of their texts: by their `index`, or as received if none has one."""
    said = [_get(row, "index") for row in rows]
    if all(index is None for index in said):
        return rows
    places = [int(index) if _is_place(index) else index for index in said]
    # `True == 1`, and a float may equal a number, too
    if any(type(place) is not int for place in places) or sorted(places) != list(range(len(rows))):
        raise EmbedderError(
            f"the model {model!r} does not say which vector belongs to which text: of {len(rows)}, the `index` "
            f"of each should be one of 0 to {len(rows) - 1}, and they are {_listed(said)}; try another provider"
        )
    by_place = dict(zip(places, rows, strict=True))
    return [by_place[place] for place in range(len(rows))]


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(shown, values[:_SHOWN])) + (", …" if len(values) > _SHOWN else "")


def _is_place(index: Any) -> bool:
    return isinstance(index, str) and len(index) < _LONGEST_PLACE and index.isdecimal()


def _vector(model: str, embedding: Any) -> NDArray[np.float32] | EmbedderError:
    import numpy as np

    try:
        if isinstance(embedding, str):  # the base64 format of OpenAI's protocol
            return _checked(np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4").astype(np.float32))
        if embedding is None:
            raise ValueError("it is null")
        with np.errstate(over="ignore"):  # a number that is too large becomes infinite
            if isinstance(embedding, list | tuple):
                _check_elements(embedding)
            numbers = np.asarray(embedding)
            if numbers.dtype.kind not in "fiuO":
                raise TypeError(f"its elements are {numbers.dtype}, not numbers")
            return _checked(numbers.astype(np.float32))
    except (TypeError, ValueError, OverflowError) as error:
        return EmbedderError(f"the model {model!r} returned no vector for a text, but {shown(embedding)}: {error}")


def _check_elements(embedding: Sequence[Any]) -> None:
    """Raise a `TypeError` for an element that is not a number; numpy would convert `True` and "1" among numbers."""
    for kind in set(map(type, embedding)):
        if not issubclass(kind, Real | Decimal) or issubclass(kind, bool):
            raise TypeError(f"an element is of type {kind.__name__}, not a number")


def _checked(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    if vector.ndim != 1 or not vector.size:
        raise ValueError(f"its shape is {vector.shape}, not a list of numbers")
    if not np.isfinite(vector).all():
        raise ValueError("an element is not a finite number")
    return vector


def _get(row: Any, name: str) -> Any:
    """Return a value of a row, which is a mapping or an object; None for a list, whose `index` is a method."""
    if isinstance(row, list | tuple):
        return None
    try:
        return row[name]
    except (KeyError, IndexError, TypeError):
        return getattr(row, name, None)
