"""Class methods that are mounted are memoized like other functions, on every Python."""

from __future__ import annotations

from typing import Any

import cocoindex as coco


def test_a_class_method_keeps_its_memo(make_app: Any) -> None:
    runs: list[int] = []

    class Work:
        @classmethod
        @coco.fn(memo=True)
        async def double(cls, n: int) -> int:
            runs.append(n)
            return 2 * n

    async def main() -> int:
        return await coco.use_mount(coco.component_subpath("double"), Work.double, 3)

    app = make_app(main)
    assert [app.update_blocking(), app.update_blocking()] == [6, 6]
    assert runs == [3]
