"""A frame of cells as text, SVG, PNG and JSON."""
