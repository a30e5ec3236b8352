"""How a walked directory is watched: what may have changed is told, looked at again, and handed to the subscriber.

Connector layer. `view` is what `walk_dir(live=True).items()` returns; each `watch()` of it is a `Session`.
"""
