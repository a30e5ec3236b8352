"""What an update raises has a short traceback: the call of the update, and then the user's code that failed."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

FRAMEWORK = str(Path(coco.__file__).parent)


def frames(call: Callable[[], object]) -> list[str]:
    """The functions of the traceback of what a call raises, after the few of the framework that make the call."""
    try:
        call()
    except Exception as error:
        found = traceback.extract_tb(error.__traceback__)
        of_the_framework = [at for at, frame in enumerate(found) if frame.filename.startswith(FRAMEWORK)]
        assert len(of_the_framework) <= 5
        return [frame.name for frame in found[of_the_framework[-1] + 1 :]]
    raise AssertionError("it raised nothing")


@coco.fn
async def parse(text: str) -> int:
    return int(text)


async def in_main() -> int:
    return await parse("no number")


async def in_a_child() -> int:
    return await coco.use_mount(parse, "no number")


@pytest.mark.parametrize("main", [in_main, in_a_child])
def test_the_users_code_follows_the_call(make_app: Any, main: Any) -> None:
    app = make_app(main)
    expected = ["in_main", "parse"] if main is in_main else ["in_a_child", "parse"]
    assert frames(app.update_blocking) == expected

    async def awaited() -> None:
        await app.update()

    assert frames(lambda: asyncio.run(awaited())) == expected


def test_what_is_below_the_users_code_stays(make_app: Any) -> None:
    async def main() -> Any:
        return json.loads("no JSON")

    assert frames(make_app(main).update_blocking) == ["main", "loads", "decode", "raw_decode"]


def test_code_that_has_no_lines_raises_what_it_raises(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def made() -> None:
        raise ValueError("made")

    no_line_for_eight_instructions = b"\xff"
    made.__code__ = made.__code__.replace(co_linetable=no_line_for_eight_instructions * len(made.__code__.co_code))

    async def in_the_background() -> None:
        made()

    async def main() -> None:
        await coco.mount(coco.component_subpath("child"), in_the_background)
        made()

    with pytest.raises(ValueError, match="made"):
        make_app(main).update_blocking()
    assert "in_the_background" in caplog.text and "ValueError: made" in caplog.text


def test_of_a_refused_call_it_ends_with_the_line_that_made_it(make_app: Any) -> None:
    async def main() -> None:
        await coco.mount_each(parse, 5)  # type: ignore[call-overload]

    assert frames(make_app(main).update_blocking) == ["main"]


def test_an_error_of_the_framework_alone_has_no_frames_of_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "file"))
    app = coco.App(coco.AppConfig("app", environment=environment), in_main)
    assert frames(app.update_blocking) == []
