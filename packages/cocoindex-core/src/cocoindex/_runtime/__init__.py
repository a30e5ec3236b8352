"""Environments, settings, lifespans, context, the current scope, loops and threads (after `_store`)."""
