"""The functions that users call inside a component: one verb per file, and handles (after `_engine`)."""
