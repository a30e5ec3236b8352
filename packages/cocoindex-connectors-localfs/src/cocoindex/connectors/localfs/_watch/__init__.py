"""Watches a walked directory: paths that may have changed are inspected, and their state passed to the subscriber.

Connector layer. `view` is what `walk_dir(live=True).items()` returns; each `watch()` of it is a `Session`.
"""
