"""Evergrow (长青): running a product through its whole life."""

__version__ = "0.1.0"
