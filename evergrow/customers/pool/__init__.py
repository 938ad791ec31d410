"""The public pool (公海): accounts without an owner, claimed within caps, taken back when nobody follows them up."""
