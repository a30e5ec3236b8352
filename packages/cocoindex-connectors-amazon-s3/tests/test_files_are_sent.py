"""A file can be sent to another process: as where it lies and what is known of it, without content or credentials."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3

from .conftest import S3, Bucket

READ = """
import asyncio, pickle, sys
file = pickle.loads(sys.stdin.buffer.read())
sys.stdout.buffer.write(asyncio.run(file.read()))
"""


def sent_files(bucket: Bucket) -> list[bytes]:
    found: list[bytes] = []

    async def keep(file: Any) -> None:
        found.append(pickle.dumps(file))
        await file.read()
        assert pickle.dumps(file) == found[-1]

    @coco.fn
    async def main() -> None:
        await coco.mount_each(keep, amazon_s3.list_objects(coco.use_context(S3), bucket.name).items())

    bucket.update(main)
    return found


def test_another_process_reads_it(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.write("a", b"secret content" * 10_000)
    (sent,) = sent_files(bucket)
    assert len(sent) < 700
    credentials = bucket.client._request_signer._credentials
    assert credentials.secret_key.encode() not in sent
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    ran = subprocess.run([sys.executable, "-c", READ], input=sent, capture_output=True)
    assert ran.stdout == b"secret content" * 10_000, ran.stderr


def test_it_is_the_same_file_for_memos(bucket: Bucket) -> None:
    bucket.write("a")
    (sent,) = sent_files(bucket)
    file = pickle.loads(sent)
    again = asyncio.run(amazon_s3.get_object(bucket.client, bucket.name, "a"))
    assert coco.memo_fingerprint(file) == coco.memo_fingerprint(again)
    assert asyncio.run(file.content_fingerprint()) == asyncio.run(again.content_fingerprint())
