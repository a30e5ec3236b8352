"""How often progress is shown is a bool or a duration above zero; anything else is refused when the call is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco


@coco.fn
async def main() -> None: ...


CALLS: list[Callable[[Any, Any], Any]] = [
    lambda app, value: app.update(report_to_stdout=value),
    lambda app, value: app.update_blocking(report_to_stdout=value),
    lambda app, value: app.drop(report_to_stdout=value),
    lambda app, value: app.drop_blocking(report_to_stdout=value),
    lambda app, value: coco.stats_group("title", report_to_stdout=value),
    lambda app, value: asyncio.run(coco.show_progress(app.update(), refresh_interval=value)),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_number_is_a_type_error(make_app: Any, call: Any) -> None:
    with pytest.raises(TypeError, match=r"timedelta\(seconds="):
        call(make_app(main), 0.5)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("value", [timedelta(0), timedelta(seconds=-1)])
def test_nothing_or_less_is_a_value_error(make_app: Any, call: Any, value: timedelta) -> None:
    with pytest.raises(ValueError, match="must be above zero"):
        call(make_app(main), value)


def test_what_is_no_handle_is_refused() -> None:
    with pytest.raises(TypeError, match=r"coco\.show_progress\(\) takes what app\.update\(\) gives"):
        asyncio.run(coco.show_progress(5))  # type: ignore[arg-type]  # what is tested
