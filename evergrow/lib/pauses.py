"""Short pauses for a process that lives long: garbage is looked for seldom, and what was there at the start never."""

import gc


def keep_short() -> None:
    """To be called once everything is loaded. A full collection of all that a server holds stops everybody in it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(400_000, 50, 1_000)
