"""Kinds of rows of a table, one a file."""
