"""Frozen dataclasses and pure functions. Imports the standard library and ``rich.cells``, nothing above."""
