"""`@coco.fn`: logic fingerprints, memoization, batching, the runner interface (after `_target`)."""
