"""Counts and reports, from the counters of `_runtime` (after `_component`)."""
