"""What is to be done about an entry follows from what is wanted and what may be there; no disk is touched."""

from collections.abc import Collection

import pytest

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes
from cocoindex.connectors.localfs._entry import DIRECTORY, DirSpec, EntryAction, FileSpec
from cocoindex.connectors.localfs._entry_handler import EntryHandler

FILE = FileSpec(b"one", False)
ONE = bytes(fingerprint_bytes(b"one"))
TWO = bytes(fingerprint_bytes(b"two"))
GONE = coco.NON_EXISTENCE
Wanted = FileSpec | DirSpec | coco.NonExistenceType


def reconcile(wanted: Wanted, known: Collection[bytes], missing: bool = False) -> tuple[EntryAction, object, object]:
    output = EntryHandler("/d").reconcile("a", wanted, known, missing)
    assert output is not None
    return output.action, output.tracking_record, output.child_invalidation


@pytest.mark.parametrize(("known", "missing"), [([], True), ([ONE], True), ([TWO], False), ([ONE, TWO], False)])
def test_a_file_is_written_unless_it_is_certainly_there(known: list[bytes], missing: bool) -> None:
    action, record, invalidation = reconcile(FILE, known, missing)
    assert action == EntryAction(None, "/d", "a", FILE, bool(known), False)
    assert (record, invalidation) == (ONE, None)


def test_a_file_that_is_certainly_there_is_left_alone() -> None:
    assert EntryHandler("/d").reconcile("a", FILE, [ONE], False) is None
    assert EntryHandler("/d").reconcile("a", FILE, [ONE, ONE], False) is None


def test_a_directory_is_ensured_in_every_run() -> None:
    action, record, invalidation = reconcile(DirSpec(True), [DIRECTORY])
    assert action == EntryAction(None, "/d", "a", DirSpec(True), False, True)
    assert (record, invalidation) == (DIRECTORY, None)


def test_a_directory_that_may_be_gone_may_have_lost_what_was_in_it() -> None:
    assert reconcile(DirSpec(True), [DIRECTORY], True)[2] == "lossy"
    assert reconcile(DirSpec(True), [DIRECTORY, ONE])[2] == "lossy"
    assert reconcile(DirSpec(True), [], True)[2] is None


def test_a_file_in_place_of_a_directory_loses_what_was_in_it() -> None:
    action, record, invalidation = reconcile(FILE, [DIRECTORY])
    assert action.was_directory
    assert (record, invalidation) == (ONE, "destructive")


def test_a_directory_in_place_of_a_file() -> None:
    action, record, invalidation = reconcile(DirSpec(False), [ONE])
    assert action.was_file and not action.was_directory
    assert (record, invalidation) == (DIRECTORY, "destructive")  # what is remembered from before there was a file


@pytest.mark.parametrize("known", [[ONE], [DIRECTORY], [ONE, DIRECTORY]])
def test_what_is_no_longer_wanted_is_removed(known: list[bytes]) -> None:
    action, record, _ = reconcile(GONE, known)
    assert action.spec is None
    assert (action.was_file, action.was_directory) == (ONE in known, DIRECTORY in known)
    assert coco.is_non_existence(record)


def test_what_was_never_written_is_not_removed() -> None:
    assert EntryHandler("/d").reconcile("a", GONE, [], True) is None


def test_an_entry_outside_directory_targets_is_named_by_its_base() -> None:
    output = EntryHandler().reconcile(("base", "x/a"), FILE, [], True)
    assert output is not None
    assert output.action[:3] == ("base", "", "x/a")
    output = EntryHandler().reconcile((None, "/x/a"), FILE, [], True)
    assert output is not None
    assert output.action[:3] == (None, "", "/x/a")
