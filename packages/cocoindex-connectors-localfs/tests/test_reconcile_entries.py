"""What is to be done about an entry follows from what is wanted and what may be there; no disk is touched."""

from collections.abc import Collection

import pytest

import cocoindex as coco
from cocoindex.connectorkits.target import SettledRecords
from cocoindex.connectors.localfs._entry import Directory, DirSpec, EntryAction, FileSpec
from cocoindex.connectors.localfs._entry_handler import EntryHandler
from cocoindex.connectors.localfs._record import DirRecord, Known, found, written

FILE = FileSpec(b"one", False)
ONE, TWO = written(b"one"), written(b"two")
THERE = found(b"one")
FOLDER = DirRecord(7, b"m" * 16, made=True)
DIRECTORY = FOLDER.encode()
PENDING = DirRecord(5).encode()
GONE = coco.NON_EXISTENCE
WITHIN = Directory("/d")
Wanted = FileSpec | DirSpec | coco.NonExistenceType


def reconcile(wanted: Wanted, records: Collection[bytes], missing: bool = False) -> tuple[EntryAction, object, object]:
    output = EntryHandler(WITHIN).reconcile("a", wanted, records, missing)
    assert output is not None
    return output.action, output.tracking_record, output.child_invalidation


@pytest.mark.parametrize(("records", "missing"), [([], True), ([ONE], True), ([TWO], False), ([ONE, TWO], False)])
def test_a_file_is_written_unless_it_is_certainly_there(records: list[bytes], missing: bool) -> None:
    action, record, invalidation = reconcile(FILE, records, missing)
    assert action[:5] == (None, WITHIN, "a", FILE, Known(tuple(records), certain=bool(records) and not missing))
    assert (record, invalidation) == (ONE, None)


@pytest.mark.parametrize("records", [[ONE], [ONE, ONE], [THERE]])
def test_a_file_that_is_certainly_there_is_left_alone(records: list[bytes]) -> None:
    assert EntryHandler(WITHIN).reconcile("a", FILE, records, False) is None


def test_where_everything_is_applied_again_it_is_still_known_that_it_was_written() -> None:
    output = EntryHandler(WITHIN).reconcile("a", FILE, SettledRecords([ONE]), True)
    assert output is not None
    assert output.action.known == Known(ours=(ONE,), certain=True)


def test_a_directory_is_ensured_in_every_run() -> None:
    action, record, invalidation = reconcile(DirSpec(True), [DIRECTORY])
    assert action.known == Known(directories=(FOLDER,), certain=True)
    assert (record, invalidation) == (DIRECTORY, None)


def test_a_directory_that_may_be_gone_may_have_lost_what_was_in_it_unless_the_disk_can_tell() -> None:
    assert reconcile(DirSpec(True), [PENDING], True)[2] == "lossy"
    assert reconcile(DirSpec(True), [DIRECTORY, ONE])[2] == "lossy"
    assert reconcile(DirSpec(True), [DIRECTORY], True)[2] is None
    assert reconcile(DirSpec(True), [], True)[2] is None


def test_what_may_be_one_of_several_directories_is_since_the_first() -> None:
    assert reconcile(DirSpec(True, since=9), [DIRECTORY, PENDING])[1] == DirRecord(5).encode()
    assert reconcile(DirSpec(True, since=9), [], True)[1] == DirRecord(9).encode()


def test_a_file_in_place_of_a_directory_loses_what_was_in_it() -> None:
    action, record, invalidation = reconcile(FILE, [DIRECTORY])
    assert action.known.directories == (FOLDER,)
    assert (record, invalidation) == (ONE, "destructive")


def test_a_directory_in_place_of_a_file() -> None:
    action, record, invalidation = reconcile(DirSpec(False, since=9), [ONE])
    assert action.known == Known(ours=(ONE,), certain=True)
    assert record == DirRecord(9).encode()
    assert invalidation == "destructive"  # what is remembered from before there was a file


@pytest.mark.parametrize("records", [[ONE], [DIRECTORY], [ONE, DIRECTORY]])
def test_what_is_no_longer_wanted_is_removed(records: list[bytes]) -> None:
    action, record, _ = reconcile(GONE, records)
    assert action.spec is None
    assert (bool(action.known.ours), bool(action.known.directories)) == (ONE in records, DIRECTORY in records)
    assert coco.is_non_existence(record)


def test_what_was_never_written_is_not_removed() -> None:
    assert EntryHandler(WITHIN).reconcile("a", GONE, [], True) is None


def test_an_entry_outside_directory_targets_is_named_by_its_base() -> None:
    output = EntryHandler().reconcile(("base", "x/a"), FILE, [], True)
    assert output is not None
    assert output.action[:3] == ("base", None, "x/a")
    output = EntryHandler().reconcile((None, "/x/a"), FILE, [], True)
    assert output is not None
    assert output.action[:3] == (None, None, "/x/a")
