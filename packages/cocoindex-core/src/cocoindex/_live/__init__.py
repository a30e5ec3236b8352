"""Components that go on after their first run; so far their one run of an update that does not go on (layer: _live)."""
