"""Rules on a spec, by topic. Each is a function of a ``Spec`` that yields ``Problem``s; ``specs.lint`` lists them."""
