"""Who is who: what was said about ids, and whose each of them is by that."""
