"""All target states are listed with the components that own them."""

from __future__ import annotations

import cocoindex as coco
from cocoindex import inspect


async def test_each_with_its_owner(app: coco.App[[], None], environment: coco.Environment) -> None:
    await app.update()
    entries = [entry async for entry in inspect.iter_target_states(app)]
    owners = {entry.readable_path: str(entry.owner_component_path)[:20] for entry in entries}
    assert owners == {
        '/@test/inspected/"a1b"': '/"a"/1/"b"',
        '/@test/inspected/["a",2]': '/"a"/2',
        '/@test/inspected/"inner"': '/"branch"/"inner"',
        '/@test/inspected/"outer"': '/"branch"/"outer"',
        '/@test/inspected/"long"': '/"xxxxxxxxxxxxxxxxxx',
    }
    assert not any(entry.dangling for entry in entries)
    by_name = [entry async for entry in inspect.iter_target_states_by_name(environment, "inspected")]
    assert by_name == entries


async def test_fingerprints_tell_the_paths_apart(app: coco.App[[], None]) -> None:
    await app.update()
    paths = {entry.fingerprint_path async for entry in inspect.iter_target_states(app)}
    assert len(paths) == 5
    assert len({path.split("/")[1] for path in paths}) == 1
