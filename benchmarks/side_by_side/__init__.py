"""Runs the same programs with this project and with cocoindex 1.0.26, by turns, and compares what they cost."""
