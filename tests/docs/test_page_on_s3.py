"""The programs of the page on Amazon S3 run as they stand, against a store on this machine."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "s3.md"
CLIENTS, SOURCE, TARGET = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)

SERVE = """
import os
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
os.environ["AWS_ENDPOINT_URL"] = "http://%s:%s" % server.get_host_and_port()
import boto3
made = boto3.client("s3")
made.create_bucket(Bucket="bucket")
made.put_object(Bucket="bucket", Key="docs/a.md", Body=b"hello")
"""
READ = """
coco.App("read", main, "bucket").update_blocking()
"""
WRITE = """
@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = "cocoindex.db"
    builder.provide(S3, made)
    yield

coco.App("write", publish, {"index.html": "<p>hello"}, "bucket").update_blocking()
assert made.get_object(Bucket="bucket", Key="site/index.html")["Body"].read() == b"<p>hello"
server.stop()
"""


def run(program: str, folder: pathlib.Path) -> None:
    (folder / "program.py").write_text(program)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
    environment = os.environ | dict.fromkeys(names, "us-east-1")
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_what_makes_clients_and_reads(tmp_path: pathlib.Path) -> None:
    run(f"{SERVE}\n{CLIENTS}\n{SOURCE}\n{READ}\nserver.stop()\n", tmp_path)


def test_what_writes(tmp_path: pathlib.Path) -> None:
    run(f"{SERVE}\n{TARGET}\n{WRITE}", tmp_path)
