"""A preview names the objects, and shows neither what is in them nor what is remembered of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cocoindex as coco
from cocoindex.connectors import amazon_s3

from .conftest import S3


def test_each_action_is_a_few_words(bucket: Any, tmp_path: Path) -> None:
    world = {"a.txt": "one", "b.txt": "two"}

    @coco.fn
    def main() -> None:
        for name, text in world.items():
            amazon_s3.declare_object(S3, bucket.name, name, text)

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    environment.context_provider.provide(S3, bucket.client)
    app = coco.App(coco.AppConfig("Objects", environment=environment), main)
    app.update_blocking()
    del world["b.txt"]
    world["c.txt"] = "three"
    planned = {repr(action) for action in app.update_blocking(preview=True) or ()}
    environment.close()
    assert planned == {f"<remove 's3://{bucket.name}/b.txt'>", f"<write 's3://{bucket.name}/c.txt': 5 bytes>"}
