"""Apps, and the handles of their updates and drops (after `_progress`)."""
