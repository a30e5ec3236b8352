"""The program in the README does what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from .conftest import Bucket

README = Path(__file__).parents[1] / "README.md"


def test_it_runs(bucket: Bucket, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    bucket.write("texts/d/a.txt", b"hello")
    bucket.write("texts/b.md", b"not this")
    program = program.replace("my-bucket", bucket.name) + "\napp.update_blocking()\n"
    environment = {
        "AWS_ENDPOINT_URL_S3": bucket.server.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "PATH": "",
    }
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=tmp_path, env=environment, check=True)
    assert bucket.contents() == {"shouted/d/a.txt": "HELLO", "texts/b.md": "not this", "texts/d/a.txt": "hello"}
