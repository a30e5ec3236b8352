"""`TargetSuite` passes a sound connector, and each of its checks fails one with a flaw."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

from cocoindex.testing import Outcome, TargetSuite, run_suite

from .boxes import BoxesDriver

CHECKS = [name for name, _ in inspect.getmembers(TargetSuite, inspect.isfunction) if name.startswith("test_")]

FLAWS = [
    ("never writes", "test_items_are_created"),
    ("never updates", "test_changed_items_are_updated"),
    ("never deletes", "test_items_that_are_declared_no_more_are_deleted"),
    ("makes nothing again", "test_deleted_items_can_come_back"),
    ("always acts", "test_unchanged_items_give_no_action"),
    ("takes a full reprocess for nothing", "test_a_full_reprocess_applies_every_item"),
    ("loses items of large batches", "test_many_items_are_written_and_deleted_together"),
    ("drops writes beside deletes", "test_calls_mix_writes_and_deletes"),
    ("names items after those who declare them", "test_an_item_moves_to_another_component"),
    ("has no memo key", "test_memoized_components_keep_their_items"),
    ("says its children too late", "test_a_preview_touches_nothing"),
    ("takes bad items", "test_one_bad_item_fails_alone"),
    ("takes spellings apart", "test_two_spellings_of_a_key_are_one_item"),
    ("takes keys for their texts", "test_odd_keys_are_held_apart_or_refused"),
    ("drops zeros", "test_odd_values_are_held_or_refused"),
    ("trusts the last record", "test_one_of_several_possible_records_is_true"),
    ("takes nothing for missing", "test_what_may_be_missing_is_made_or_removed"),
    ("takes for gone what may be missing", "test_a_full_reprocess_settles_what_is_uncertain"),
    ("replaces all by each batch", "test_batches_in_parts_do_what_one_does"),
    ("only inserts", "test_actions_can_be_applied_twice"),
    ("stays locked after a cancellation", "test_a_cancelled_call_is_made_good_for"),
    ("mixes up calls", "test_two_apps_write_at_the_same_time"),
    ("applies as it goes", "test_a_call_that_fails_has_done_nothing"),
    ("trusts any record", "test_what_was_interrupted_before_it_was_applied_is_repaired"),
    ("adds what changed", "test_what_was_interrupted_while_it_was_applied_is_repaired"),
    ("trusts the first record", "test_what_was_applied_and_not_remembered_is_repaired"),
    ("deletes once", "test_a_first_update_that_was_interrupted_is_undone"),
    ("restores what was removed", "test_any_history_ends_as_what_was_declared_last"),
    ("makes containers with their items", "test_a_container_may_be_empty"),
    ("mixes up containers", "test_containers_are_apart"),
    ("keeps containers", "test_a_container_that_is_declared_no_more_goes_alone"),
    ("removes one container a call", "test_a_dropped_app_leaves_nothing"),
    ("does not look for its containers", "test_a_container_that_was_removed_by_hand_is_filled_again"),
    (
        "does not tell that a container is lost",
        "test_a_container_that_is_removed_by_hand_in_a_live_update_is_filled_again",
    ),
    ("removes containers that it found", "test_what_somebody_else_keeps_in_a_container_stays"),
    ("empties containers of the app", "test_what_somebody_else_put_there_later_stays"),
    ("overwrites others", "test_an_item_of_somebody_else_is_not_overwritten"),
    ("empties containers whose items go with them", "test_items_of_others_outlast_a_removal_with_items"),
    ("clears in a full reprocess", "test_a_full_reprocess_leaves_items_of_others"),
    ("removes containers of user", "test_a_container_of_the_user_gets_items_and_stays"),
    ("makes what the user should make", "test_a_container_that_the_user_did_not_make_is_missing"),
    ("empties containers of user", "test_items_that_were_in_a_container_of_the_user_stay"),
    ("removes containers of adopt", "test_an_adopted_container_gets_items_and_stays"),
    ("only adopts", "test_adopting_makes_what_is_missing"),
    (
        "makes lost containers of adopt empty",
        "test_an_adopted_container_that_was_removed_by_hand_is_filled_again",
    ),
    ("empties containers of adopt", "test_items_that_were_in_an_adopted_container_stay"),
    ("removes what others made", "test_a_container_that_somebody_made_stays"),
    ("knows its containers by their names", "test_a_container_that_somebody_made_anew_is_filled_again"),
    ("knows containers of others by their names", "test_a_container_of_others_made_anew_is_filled_again"),
    ("rebuilds silently", "test_items_are_there_after_a_schema_change"),
    ("says of no change what it does", "test_a_schema_change_does_to_items_what_it_says"),
    ("says of each change that it loses data", "test_a_schema_change_does_to_items_what_it_says"),
    ("updates nothing once the schema changed", "test_items_change_together_with_the_schema"),
    ("trusts the last record of a box", "test_a_schema_change_that_is_interrupted_is_repaired"),
    ("rebuilds with all in it", "test_items_of_others_outlast_a_schema_change"),
    ("never removes attachments", "test_attachments_are_made_changed_and_removed"),
    ("loses attachments with writes", "test_attachments_stay_while_items_change"),
    ("keeps attachments of removed containers", "test_attachments_go_with_their_container"),
    ("makes attachments once", "test_attachments_come_again_with_a_container_removed_by_hand"),
    ("loses attachments with its schema", "test_attachments_are_there_after_a_schema_change"),
    ("trusts the last record of an attachment", "test_attachments_that_were_interrupted_are_repaired"),
    ("removes all boxes", "test_apps_leave_each_others_containers"),
    ("removes containers of several apps", "test_apps_share_a_container"),
    ("stays locked after a failure", "test_bad_items_fail_alone_wherever_they_are"),
    ("hides outages", "test_a_target_that_is_away_fails_the_update"),
    ("never reconnects", "test_a_target_comes_back_to_a_program_that_runs"),
    ("hides outages from items", "test_a_target_that_goes_away_amid_an_update"),
]

# What leaves an update as a whole is not what a check says, and clear enough.
RAISED = {"says its children too late": "PreviewError", "only adopts": "LookupError"}


def went(flaw: str, check: str) -> tuple[Outcome, str]:
    [result] = run_suite(TargetSuite, lambda folder: BoxesDriver(flaw), check).results
    return result.outcome, result.reason


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_connector_passes(check: str) -> None:
    outcome, reason = went("", check)
    assert outcome is Outcome.PASSED, reason


@pytest.mark.parametrize(("flaw", "check"), FLAWS)
def test_a_flaw_is_found(flaw: str, check: str) -> None:
    outcome, reason = went(flaw, check)
    assert (outcome, reason.partition(":")[0]) == (Outcome.FAILED, RAISED.get(flaw, "AssertionError")), reason


def test_each_check_finds_a_flaw_of_its_own() -> None:
    times = Counter(flaw for flaw, _ in FLAWS)
    assert {check for flaw, check in FLAWS if times[flaw] == 1} == set(CHECKS)
