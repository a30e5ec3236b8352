"""Environments and apps say at once which argument is of the wrong kind, and what it should be."""

from __future__ import annotations

import asyncio
import math
import pathlib
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import EnvironmentArgumentError


@coco.fn
async def main() -> None: ...


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ({"name": 5}, r"name=\.\.\.\) is a str"),
        ({"context_provider": {}}, r"coco\.ContextProvider"),
        ({"event_loop": 3}, "asyncio event loop"),
        ({"event_loop": asyncio.SelectorEventLoop}, "asyncio event loop, not <class"),
        ({"context_provider": coco.ContextProvider}, "ContextProvider, not <class"),
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


@pytest.mark.parametrize("wrong", [5, None, True, b"app"])
def test_the_name_of_an_app_is_a_text(env: coco.Environment, wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match="the name of an app is a str, not"):
        coco.App(coco.AppConfig(wrong, environment=env), main)


def test_the_name_of_an_app_is_not_empty(env: coco.Environment) -> None:
    with pytest.raises(ValueError, match="the name of an app is empty"):
        coco.App(coco.AppConfig("", environment=env), main)


@pytest.mark.parametrize("wrong", [5, None, ["app"], main])
def test_what_an_app_is_made_with(wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match=r"an app takes a name or a coco\.AppConfig, not"):
        coco.App(wrong, main)


@pytest.mark.parametrize("wrong", ["8", 1.5, math.nan, True, [8]])
def test_the_limit_of_an_app_is_a_number(env: coco.Environment, wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match=r"AppConfig\.max_inflight_components is a whole number, not"):
        coco.App(coco.AppConfig("app", environment=env, max_inflight_components=wrong), main)


@pytest.mark.parametrize("option", ["full_reprocess", "preview"])
@pytest.mark.parametrize("wrong", [None, 1, "no", []])
def test_the_options_of_an_update(env: coco.Environment, option: str, wrong: Any) -> None:
    app = coco.App(coco.AppConfig("app", environment=env), main)
    for update in (app.update, app.update_blocking):
        with pytest.raises(EnvironmentArgumentError, match=rf"{option}= of an update is True or False, not"):
            update(**{option: wrong})
