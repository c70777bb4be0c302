"""What other conformance engines found in the same datasets, and where they and we disagree."""
