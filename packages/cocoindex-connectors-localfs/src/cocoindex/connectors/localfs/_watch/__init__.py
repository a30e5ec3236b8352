"""Watches a walked directory: inspects paths that may have changed, and passes their state to the subscriber.

Connector layer. `view` is what `walk_dir(live=True).items()` returns; each `watch()` of it is a `Session`.
"""
