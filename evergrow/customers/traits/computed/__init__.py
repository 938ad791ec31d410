"""Traits that Evergrow computes for everybody: measures over events, and formulas over other traits."""
