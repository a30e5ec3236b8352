"""Target states: providers, handlers, reconciling, sinks (after `_runtime`)."""
