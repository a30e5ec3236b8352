"""Live ranges: the parts of a live update that continue after its first run, and the loops that feed them (layer:
_live)."""
