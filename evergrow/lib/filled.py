"""Memory for so many bytes of a pipe or socket, written once."""

from collections.abc import Callable

import numpy as np


def filled(read_into: Callable[[memoryview], int], size: int) -> memoryview | None:
    """So many bytes, read piece by piece; None where their source ended before.

    ``read_into`` puts bytes into what it is given and says how many. Nothing is set to zero before, as in a bytearray.
    """
    content = memoryview(np.empty(size, np.uint8).data)
    left = content
    while left:
        count = read_into(left)
        if not count:
            return None
        left = left[count:]
    return content
