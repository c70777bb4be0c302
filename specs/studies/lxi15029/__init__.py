"""LXI-15029 (NCT03125746): a bundled example study; all individual data are SYNTHETIC."""
