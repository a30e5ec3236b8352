"""Importing the connector imports no boto3: that takes a third of a second."""

from __future__ import annotations

import subprocess
import sys


def test_what_is_imported() -> None:
    code = "import sys, cocoindex.connectors.amazon_s3; print(*sorted({'boto3', 'botocore'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
