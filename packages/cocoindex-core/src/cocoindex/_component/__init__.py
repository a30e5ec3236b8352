"""What users call inside a component: one verb a file, and handles (after `_engine`)."""
