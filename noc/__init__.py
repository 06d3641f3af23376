"""noc: a full-screen terminal wall for operations rooms."""

__version__ = "0.1.0"
