"""The path of an object keeps bucket and prefix through all that paths offer."""

from __future__ import annotations

from pathlib import PurePosixPath

from cocoindex.connectors.amazon_s3 import S3FilePath

PATH = S3FilePath("bucket", "docs/r.md", object_key="data/docs/r.md")


def test_it_has_the_relative_path_and_the_whole_key() -> None:
    assert (PATH.path, PATH.resolve(), PATH.bucket_name) == (PurePosixPath("docs/r.md"), "data/docs/r.md", "bucket")
    assert PATH.base_dir is None
    assert (PATH.name, PATH.suffix, PATH.as_posix(), str(PATH)) == ("r.md", ".md", "docs/r.md", "docs/r.md")


def test_paths_derived_from_it_have_keys_below_the_same_prefix() -> None:
    assert PATH.parent.resolve() == "data/docs"
    assert (PATH.parent / "x" / "y.txt").resolve() == "data/docs/x/y.txt"
    assert PATH.with_suffix(".html").resolve() == "data/docs/r.html"
    assert PATH.with_suffix(".html").bucket_name == "bucket"
    assert isinstance(PATH.parent, S3FilePath)


def test_it_is_identified_by_bucket_path_and_key() -> None:
    same = S3FilePath("bucket", PurePosixPath("docs/r.md"), object_key="data/docs/r.md")
    others = [
        S3FilePath("other", "docs/r.md", object_key="data/docs/r.md"),
        S3FilePath("bucket", "r.md", object_key="data/docs/r.md"),
        S3FilePath("bucket", "docs/r.md", object_key="else/docs/r.md"),
    ]
    assert same == PATH and hash(same) == hash(PATH) and same.__coco_memo_key__() == PATH.__coco_memo_key__()
    assert all(other != PATH and other.__coco_memo_key__() != PATH.__coco_memo_key__() for other in others)
    assert sorted([PATH, *others])[-1] == others[0]


def test_it_shows_where_it_lies() -> None:
    assert repr(PATH) == "S3FilePath('bucket', 'docs/r.md', object_key='data/docs/r.md')"
