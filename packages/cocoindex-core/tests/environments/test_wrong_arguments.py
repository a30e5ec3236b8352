"""Environments and apps say at once which argument is of the wrong kind, and what it should be."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

import cocoindex as coco


@coco.fn
async def main() -> None: ...


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ({"name": 5}, r"name=\.\.\.\) is a str"),
        ({"context_provider": {}}, r"coco\.ContextProvider"),
        ({"event_loop": 3}, "asyncio event loop"),
        ({"exception_handler": 3}, "ExceptionContext"),
    ],
)
def test_of_an_environment(tmp_path: pathlib.Path, argument: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        coco.Environment(coco.Settings(db_path=tmp_path / "db"), **argument)


@pytest.mark.parametrize("wrong", ["./db", None, pathlib.Path("db")])
def test_settings(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"coco\.Settings\(db_path="):
        coco.Environment(wrong)
    if wrong is not None:
        with pytest.raises(TypeError, match=r"coco\.Settings"):
            coco.EnvironmentBuilder(wrong)


def test_no_path_at_all_says_where_to_set_one() -> None:
    with pytest.raises(ValueError, match=r"COCOINDEX_DB.*Settings\.db_path"):
        coco.Environment(coco.Settings())


@pytest.mark.parametrize("wrong", ["env", None, 5])
def test_the_environment_of_an_app(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"AppConfig\(environment=\.\.\.\) of app 'app'"):
        coco.App(coco.AppConfig("app", environment=wrong), main)


@pytest.mark.parametrize("wrong", [5, None, ""])
def test_the_name_of_an_app(env: coco.Environment, wrong: Any) -> None:
    with pytest.raises(ValueError, match="name"):
        coco.App(coco.AppConfig(wrong, environment=env), main)
