"""Kinds of figures, one a file; each gives an SVG document."""
