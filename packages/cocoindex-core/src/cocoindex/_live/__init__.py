"""Live ranges: what goes on after the first run of a live update, and the loops that feed it (layer: _live)."""
