"""Tables and figures: results as data first (``results.csv``), then their rendering."""
