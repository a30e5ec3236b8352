"""`@coco.fn`: logic fingerprints, memos, batching, what a runner is (after `_target`)."""
