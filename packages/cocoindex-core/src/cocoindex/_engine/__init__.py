"""The life of one component: run, reconcile, pre-commit, apply, commit, sweep (after `_function`)."""
