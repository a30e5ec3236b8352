"""A connection string that is given where something else belongs is shown without its password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CocoIndexError

URL: Any = "postgresql://user:secret@host/db"
BAD_KEY: Any = [URL]
MISTAKES: list[Callable[[], Any]] = [
    lambda: coco.StablePath(URL),
    lambda: coco.StablePath.from_parts(URL),
    lambda: coco.Symbol(URL.encode()),
    lambda: coco.register_memo_type(URL, stable_type_id="x"),
    lambda: coco.register_memo_key_function(URL, len),
    lambda: coco.serialize_by_pickle(URL),
    lambda: coco.ROOT_PATH.concat_part(BAD_KEY),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_password_is_hidden(mistake: Callable[[], Any]) -> None:
    with pytest.raises(CocoIndexError) as caught:
        mistake()
    assert "secret" not in str(caught.value)


def test_in_a_component(make_app: Callable[..., coco.App[Any, Any]]) -> None:
    async def child(item: Any) -> None:
        pass

    async def main() -> None:
        await coco.mount_each(child, URL)

    with pytest.raises(CocoIndexError) as caught:
        make_app(main).update_blocking()
    assert "secret" not in str(caught.value)
