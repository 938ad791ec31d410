"""The tracking plan: what is seen, what it means, which rules hold for it, and what is kept out or masked."""
