"""A whole content is read once and kept; a part is read when asked for."""

import asyncio
from datetime import UTC, datetime
from pathlib import PurePosixPath

from cocoindex.resources.file import FileLike, FileMetadata, FilePath


class Counting(FileLike[str]):
    def __init__(self) -> None:
        super().__init__(FilePath(None, PurePosixPath("d/a.txt")))
        self.reads: list[int] = []

    async def _fetch_metadata(self) -> FileMetadata:
        return FileMetadata(5, datetime(2024, 1, 1, tzinfo=UTC))

    async def _read_impl(self, size: int = -1) -> bytes:
        self.reads.append(size)
        return b"hello" if size < 0 else b"hello"[:size]


def test_reading() -> None:
    file = Counting()

    async def read() -> None:
        assert await file.read(2) == b"he"
        assert file.reads == [2]
        assert await file.read() == b"hello"
        assert await file.read() == b"hello"
        assert await file.read(3) == b"hel"
        assert await file.read(0) == b""
        assert await file.read_text() == "hello"
        assert len(await file.content_fingerprint()) == 16
        assert file.reads == [2, -1]
        assert await file.size() == 5

    asyncio.run(read())


def test_metadata_that_is_known_is_not_asked_for() -> None:
    class Listed(Counting):
        def __init__(self) -> None:
            super().__init__()
            self._known_metadata = FileMetadata(7, datetime(2024, 1, 1, tzinfo=UTC))

    assert asyncio.run(Listed().size()) == 7


def test_it_is_identified_by_its_path() -> None:
    file = Counting()
    assert file.__coco_memo_key__() == file.file_path.__coco_memo_key__()
