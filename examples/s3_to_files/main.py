"""Keeps a folder of JSON files up to date with the CSV objects of a bucket.

Each object becomes a file with the same name and path, which holds its rows. Only what changed in the bucket is read
again; the file of an object that is gone goes, too.
"""

from __future__ import annotations

import csv
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import boto3

import cocoindex as coco
from cocoindex.connectors import amazon_s3, localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

S3 = coco.ContextKey[Any]("s3")
OUTPUT = coco.ContextKey[pathlib.Path]("output")
HERE = pathlib.Path(os.environ.get("S3_TO_FILES_STATE", pathlib.Path(__file__).parent / "state"))


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    builder.settings.db_path = HERE / "store"
    # Where the store is and as whom to ask is told by AWS_ENDPOINT_URL_S3, AWS_PROFILE, AWS_REGION and their like.
    builder.provide(S3, boto3.client("s3"))
    builder.provide(OUTPUT, HERE / "files")
    yield


@coco.fn(memo=True)
async def convert(file: FileLike[str], target: localfs.DirTarget) -> None:
    """Declare the JSON file of one CSV object."""
    rows = list(csv.DictReader((await file.read_text()).splitlines()))
    target.declare_file(file.file_path.path.with_suffix(".json"), json.dumps(rows, indent=1), create_parent_dirs=True)


@coco.fn
async def convert_all(bucket: str, prefix: str) -> None:
    """Declare the folder, and mount one component an object."""
    target = await localfs.mount_dir_target(OUTPUT)
    tables = PatternFilePathMatcher(included_patterns=["**/*.csv"])
    files = amazon_s3.list_objects(coco.use_context(S3), bucket, prefix=prefix, path_matcher=tables)
    await coco.mount_each(convert, files.items(), target)


app = coco.App("s3_to_files", convert_all, os.environ.get("S3_BUCKET", "tables"), os.environ.get("S3_PREFIX", ""))

if __name__ == "__main__":
    app.update_blocking(report_to_stdout=True)
