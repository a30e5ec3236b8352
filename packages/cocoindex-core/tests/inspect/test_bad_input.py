"""What is no app, no environment or no path is refused at once, with a word on what to give."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.errors import AppNameError, InspectArgumentError

WRONG: Any = "app"


@pytest.mark.parametrize(
    "function", [inspect.iter_stable_paths, inspect.iter_stable_path_details, inspect.iter_target_states]
)
def test_iterators_refuse_what_is_no_app_when_they_are_made(function: Any) -> None:
    with pytest.raises(InspectArgumentError, match=r"takes a coco\.App, not 'app'.*_by_name"):
        function(WRONG)


def test_lists_refuse_what_is_no_app() -> None:
    with pytest.raises(TypeError, match=r"takes a coco\.App"):
        inspect.list_stable_paths_sync(WRONG)


async def test_what_is_no_environment() -> None:
    with pytest.raises(InspectArgumentError, match=r"an environment is a coco\.Environment.*not 'app'"):
        inspect.iter_stable_paths_by_name(WRONG, "app")
    with pytest.raises(InspectArgumentError):
        await inspect.get_stable_path_detail_by_name(WRONG, "app", coco.ROOT_PATH)


async def test_what_is_no_name_of_an_app(environment: coco.Environment) -> None:
    name: Any = 3
    with pytest.raises(AppNameError):
        await inspect.get_stable_path_detail_by_name(environment, name, coco.ROOT_PATH)


@pytest.mark.parametrize("flag", ["include_children", "recursive", "include_parents"])
@pytest.mark.parametrize("wrong", [None, 1, "yes", coco.ROOT_PATH])
async def test_what_is_no_flag(app: coco.App[[], None], flag: str, wrong: Any) -> None:
    with pytest.raises(InspectArgumentError, match=rf"{flag} is True or False, not"):
        await inspect.query_stable_path_details(app, coco.ROOT_PATH, **{flag: wrong})


@pytest.mark.parametrize("path", ["/files", ("files",), None])
async def test_what_is_no_path(app: coco.App[[], None], path: Any) -> None:
    with pytest.raises(InspectArgumentError, match=r"a path of an app is a coco\.StablePath"):
        await inspect.get_stable_path_detail(app, path)
