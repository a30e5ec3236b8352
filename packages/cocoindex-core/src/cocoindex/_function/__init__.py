"""`@coco.fn`: logic fingerprints, memos, batching, runners (after `_target`)."""
