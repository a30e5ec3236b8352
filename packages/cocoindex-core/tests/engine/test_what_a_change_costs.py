"""After a change of a file or of the code only that runs which the change calls for: files, chunks, embeddings."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

pytestmark = pytest.mark.usefixtures("little_garbage")


class Pipeline:
    """Files are split into chunks, and chunks embedded; what ran is counted, and the rows are in the target."""

    def __init__(self, make_app: Any) -> None:
        self.files = {"a": "one two", "b": "three four"}
        self.target = RecordingTarget()
        self._make_app = make_app
        self._ran: list[str] = []
        self._app: Any = None
        self.write()

    def write(self, *, separator: str = " ", version: int = 1) -> None:
        """Have the code split at `separator`; another `version` says that it is other code."""
        self._app = None
        gc.collect()  # the functions before; two apps of one name there cannot be

        @coco.fn(version=version)
        def split(text: str) -> list[str]:
            return text.split(separator)

        @coco.fn(memo=True, version=1)
        async def embed(chunk: str) -> int:
            self._ran.append(chunk)
            return len(chunk)

        @coco.fn(memo=True, version=1)
        async def process(text: str, name: str) -> None:
            self._ran.append(f"file {name}")
            for chunk in split(text):
                self.target.declare((name, chunk), await embed(chunk))

        @coco.fn
        async def main() -> None:
            for name, text in self.files.items():
                await coco.mount(coco.component_subpath(name), process, text, name)

        self._app = self._make_app(main)

    def update(self) -> list[str]:
        """Return what ran."""
        self._ran.clear()
        self._app.update_blocking()
        return sorted(self._ran)


@pytest.fixture
def pipeline(make_app: Any) -> Pipeline:
    pipeline = Pipeline(make_app)
    assert pipeline.update() == ["file a", "file b", "four", "one", "three", "two"]
    return pipeline


def test_nothing_changed(pipeline: Pipeline) -> None:
    assert pipeline.update() == []


def test_a_new_file(pipeline: Pipeline) -> None:
    pipeline.files["c"] = "five"
    assert pipeline.update() == ["file c", "five"]
    assert pipeline.target.data["c", "five"] == 4


def test_a_changed_file_embeds_its_new_chunks_only(pipeline: Pipeline) -> None:
    pipeline.files["b"] = "three five"
    assert pipeline.update() == ["file b", "five"]
    assert set(pipeline.target.data) == {("a", "one"), ("a", "two"), ("b", "three"), ("b", "five")}


def test_a_deleted_file_runs_nothing_and_takes_its_rows(pipeline: Pipeline) -> None:
    del pipeline.files["b"]
    assert pipeline.update() == []
    assert set(pipeline.target.data) == {("a", "one"), ("a", "two")}


def test_other_code_to_split_embeds_the_chunks_that_come_out_otherwise(pipeline: Pipeline) -> None:
    pipeline.files["b"] = "three-four"
    pipeline.update()
    pipeline.write(separator="-", version=2)
    assert pipeline.update() == ["file a", "file b", "four", "one two", "three"]
    assert set(pipeline.target.data) == {("a", "one two"), ("b", "three"), ("b", "four")}


def test_other_code_with_the_same_chunks_embeds_nothing(pipeline: Pipeline) -> None:
    pipeline.write(version=2)
    assert pipeline.update() == ["file a", "file b"]


def test_the_same_code_written_again_runs_nothing(pipeline: Pipeline) -> None:
    pipeline.write()
    assert pipeline.update() == []
