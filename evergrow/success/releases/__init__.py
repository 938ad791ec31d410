"""Versions of products: their dates, who runs them, and the value they are to bring."""
