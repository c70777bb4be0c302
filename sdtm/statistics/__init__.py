"""Statistics of tables and figures: pure functions on arrays, one module a topic.

``rounding`` needs nothing; ``binomial`` and ``contingency`` import scipy when a function is called.
"""
