from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from evergrow.lib import clock


@pytest.fixture
def set_clock() -> Iterator[Callable[[datetime], None]]:
    """``set_clock(moment)`` stops the clock there."""
    standing = [clock.now()]
    with clock.use(lambda: standing[0]):
        yield lambda moment: standing.__setitem__(0, moment)
