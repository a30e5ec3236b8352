"""Files, matchers and schemas say what they take where they are given something else."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest

from cocoindex.resources.file import (
    FileLike,
    FileMetadata,
    FilePath,
    MatchAllFilePathMatcher,
    PatternFilePathMatcher,
    checked_matcher,
)
from cocoindex.resources.file.errors import FileArgumentError, InvalidFilePathError, InvalidPatternError
from cocoindex.resources.rate_limit import RateLimiter, RateLimitTypeError
from cocoindex.resources.schema import InvalidVectorSchemaError, MultiVectorSchema, VectorSchema


class Hello(FileLike[str]):
    async def _fetch_metadata(self) -> FileMetadata:
        return FileMetadata(5, datetime(2024, 1, 1, tzinfo=UTC))

    async def _read_impl(self, size: int = -1) -> bytes:
        return b"hello" if size < 0 else b"hello"[:size]


def hello() -> Hello:
    return Hello(FilePath(None, PurePosixPath("d/a.txt")))


@pytest.mark.parametrize("wrong", [None, "5", 1.5, True, math.nan, [1]])
def test_how_much_of_a_file_is_read(wrong: Any) -> None:
    with pytest.raises(FileArgumentError, match=r"size= of read\(\) of the file 'd/a\.txt' is a number of") as caught:
        asyncio.run(hello().read(wrong))
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("wrong", [5, b"utf-8", ["utf-8"], str])
def test_how_a_text_is_read(wrong: Any) -> None:
    with pytest.raises(FileArgumentError, match=r"encoding= of read_text\(\) is a str, not"):
        asyncio.run(hello().read_text(wrong))
    with pytest.raises(FileArgumentError, match=r"errors= of read_text\(\) is a str, not"):
        asyncio.run(hello().read_text(errors=wrong))


@pytest.mark.parametrize("option", ["included_patterns", "excluded_patterns"])
@pytest.mark.parametrize("wrong", [5, "*.py", b"*.py", {"*.py": 1}, {"*.py"}, iter(["*.py"]), [5], [b"*.py"]])
def test_patterns(option: str, wrong: Any) -> None:
    with pytest.raises(InvalidPatternError, match=rf"{option} is .*; give a list of strings") as caught:
        PatternFilePathMatcher(**{option: wrong})
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)


@pytest.mark.parametrize("wrong", [None, 5, b"a.py", ["a.py"]])
def test_what_a_matcher_is_asked_about(wrong: Any) -> None:
    matcher = PatternFilePathMatcher(["*.py"], ["*.txt"])
    for question in (matcher.is_file_included, matcher.is_dir_included):
        with pytest.raises(InvalidFilePathError, match="a matcher takes a path, or a str"):
            question(wrong)


def test_matchers_that_are_some() -> None:
    matcher = MatchAllFilePathMatcher()
    assert checked_matcher(matcher) is matcher
    assert checked_matcher(None) is None


@pytest.mark.parametrize("wrong", [[], {}, object, str, "U3", "datetime64[s]", "O", ("f4", (2,)), (2,), "a:1,b:2"])
def test_the_elements_of_a_vector(wrong: Any) -> None:
    with pytest.raises(InvalidVectorSchemaError, match=r"type of a number|numpy has no element type") as caught:
        VectorSchema(wrong, 3)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("right", [np.float16, "int8", np.uint8, bool, float])
def test_types_of_numbers(right: Any) -> None:
    assert VectorSchema(right, 3).dtype == np.dtype(right)


@pytest.mark.parametrize("wrong", [None, 5, np.float32, VectorSchema])
def test_the_schema_of_several_vectors(wrong: Any) -> None:
    with pytest.raises(InvalidVectorSchemaError, match="a MultiVectorSchema takes a VectorSchema, not"):
        MultiVectorSchema(wrong)


def test_rates_and_tokens_that_are_bools() -> None:
    with pytest.raises(RateLimitTypeError, match="max_rows_per_second is a bool"):
        RateLimiter(True)
    with pytest.raises(RateLimitTypeError, match="burst_window_secs is a bool"):
        RateLimiter(1, True)
    with pytest.raises(RateLimitTypeError, match=r"n of acquire\(\) is True, a bool"):
        asyncio.run(RateLimiter(1).acquire(True))
