"""Target states: providers, handlers, reconciliation, sinks (after `_runtime`)."""
