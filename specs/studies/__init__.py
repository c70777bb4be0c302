"""Bundled example studies: spec, synthetic raw extracts and the generator that makes them."""
