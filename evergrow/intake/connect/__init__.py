"""Events as they arrive."""
