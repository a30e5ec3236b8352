"""What is mounted without a path is named after its function, or as `__coco_subpath_name__` of it says."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex import inspect
from cocoindex.connectorkits import default_subpath_name


@coco.fn
def marked() -> None:
    """A component."""


class Wrapper:
    """Stands in for a function, under the function's name."""

    __coco_subpath_name__ = "wrapped"

    def __call__(self) -> None:
        """Run it."""


def test_the_name_of_each_kind() -> None:
    assert default_subpath_name(marked) == "marked"
    assert default_subpath_name(Wrapper()) == "wrapped"
    assert default_subpath_name(Path) == "Path"
    assert default_subpath_name(3) is None


def test_it_is_where_a_component_is_mounted(tmp_path: Path) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(marked)
        await coco.mount(Wrapper())

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig("names", environment=environment), main)
    app.update_blocking()
    assert [str(path) for path in inspect.list_stable_paths_sync(app)] == ["/", "/@marked", "/@wrapped"]
    environment.close()
