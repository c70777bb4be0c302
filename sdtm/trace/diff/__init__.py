"""What changed between two deliveries: datasets, variables, records by key, values, effects, findings."""
