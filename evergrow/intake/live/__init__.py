"""Events as they arrive, and what became of each."""
