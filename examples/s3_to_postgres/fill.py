"""Makes the bucket that the example reads; with a word as argument, changes what is in it."""

from __future__ import annotations

import sys
from contextlib import suppress

import boto3

BUCKET = "articles"
ARTICLES = {
    "garden/apples.md": "# Apples\n\nPrune the trees in February, before the buds open.\n\nPick them in September.\n",
    "garden/roses.md": "# Roses\n\nCut the roses back in March, and water them in the evening.\n",
    "kitchen/bread.txt": "Bread rises for two hours in a warm kitchen, and bakes for forty minutes.\n",
}

client = boto3.client("s3")

if len(sys.argv) == 1:
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=BUCKET)
    for key, text in ARTICLES.items():
        client.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
    client.put_object(Bucket=BUCKET, Key="garden/photo.jpg", Body=b"\xff\xd8\xff")
else:
    client.put_object(Bucket=BUCKET, Key="garden/apples.md", Body=f"# Apples\n\nThis year: {sys.argv[1]}.\n".encode())
    client.delete_object(Bucket=BUCKET, Key="kitchen/bread.txt")
