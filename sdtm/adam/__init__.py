"""Analysis datasets from SDTM, by the spec: plan, steps, finishing."""
