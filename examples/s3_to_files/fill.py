"""Makes the bucket that the example reads; with a word as argument, changes what is in it."""

from __future__ import annotations

import sys
from contextlib import suppress

import boto3

client = boto3.client("s3")

if len(sys.argv) == 1:
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket="tables")
    client.put_object(Bucket="tables", Key="people.csv", Body=b"name,age\nAda,36\n")
    client.put_object(Bucket="tables", Key="2024/sales.csv", Body=b"month,sum\nMay,12\n")
    client.put_object(Bucket="tables", Key="readme.txt", Body=b"not a table")
else:
    client.put_object(Bucket="tables", Key="people.csv", Body=f"name,age\n{sys.argv[1]},37\n".encode())
    client.delete_object(Bucket="tables", Key="2024/sales.csv")
