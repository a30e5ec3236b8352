"""What is stored of a path: its function, whether it is memoized, and its target states."""

from __future__ import annotations

import pytest

import cocoindex as coco
from cocoindex import inspect

ROOT = coco.ROOT_PATH


async def test_of_a_component(app: coco.App[[], None]) -> None:
    await app.update()
    detail = await inspect.get_stable_path_detail(app, ROOT / "a" / 2)
    assert detail.node_type == "component"
    assert detail.processor_name == "leaf"
    assert detail.has_memoization
    assert detail.target_state_count == 1
    (state,) = detail.target_state_items
    assert state.target_state_path == '/@test/inspected/["a",2]'
    assert state.fingerprint_path.count("/#") == 2
    assert state.key == ("a", 2)
    assert state.states == (inspect.TargetStateVersion(1, "Existing"),)
    assert (state.provider_schema_version, state.provider_generation) == (0, None)


async def test_of_a_directory_and_of_nothing(app: coco.App[[], None]) -> None:
    await app.update()
    detail = await inspect.get_stable_path_detail(app, ROOT / "a" / 1)
    assert detail == inspect.StablePathDetail(ROOT / "a" / 1, inspect.StablePathNodeType.directory)
    for path in (ROOT / "a" / 3, ROOT / "a" / "1"):
        detail = await inspect.get_stable_path_detail(app, path)
        assert detail == inspect.StablePathDetail(path, inspect.StablePathNodeType.directory)


async def test_of_an_app_that_never_ran(app: coco.App[[], None]) -> None:
    detail = await inspect.get_stable_path_detail(app, ROOT)
    assert detail == inspect.StablePathDetail(ROOT, inspect.StablePathNodeType.directory)


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        (ROOT / "a", {}, ['/"a"']),
        (ROOT / "a", {"include_children": True}, ['/"a"', '/"a"/1', '/"a"/2']),
        (ROOT / "a", {"recursive": True}, ['/"a"', '/"a"/1', '/"a"/1/"b"', '/"a"/2']),
        (ROOT / "a" / 1, {"include_parents": True}, ["/", '/"a"', '/"a"/1']),
        (ROOT / "branch", {"recursive": True}, ['/"branch"', '/"branch"/"inner"', '/"branch"/"outer"']),
        (ROOT / "branch" / "outer", {"include_parents": True}, ["/", '/"branch"', '/"branch"/"outer"']),
        (ROOT / "none", {"recursive": True}, ['/"none"']),
        (ROOT / "none" / 1, {"include_parents": True}, ["/", '/"none"/1']),
    ],
)
async def test_around_a_path(
    app: coco.App[[], None], path: coco.StablePath, options: dict[str, bool], expected: list[str]
) -> None:
    await app.update()
    found = await inspect.query_stable_path_details(app, path, **options)
    assert [str(detail.path) for detail in found] == expected


async def test_of_all(app: coco.App[[], None], environment: coco.Environment) -> None:
    await app.update()
    details = [detail async for detail in inspect.iter_stable_path_details(app)]
    assert [detail.path for detail in details] == await inspect.list_stable_paths(app)
    assert sum(detail.target_state_count for detail in details) == 5
    named = [detail async for detail in inspect.iter_stable_path_details_by_name(environment, app.name)]
    assert named == details
