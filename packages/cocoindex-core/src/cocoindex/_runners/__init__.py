"""Runners for function bodies: on GPUs, in other processes; calls that are sent to them. Layer: _runners."""
