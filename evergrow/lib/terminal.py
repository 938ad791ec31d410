"""Progress on the command line."""

import sys
import time
from collections.abc import Callable

Report = Callable[[int, int], None]


def progress(label: str) -> Report:
    """A function ``(done, total)`` that draws one line: bar, share, rate and time left. Quiet where nobody watches."""
    began = time.monotonic()
    state = {"last": 0.0}

    def report(done: int, total: int) -> None:
        now = time.monotonic()
        finished = total > 0 and done >= total
        if not sys.stderr.isatty():
            if finished:
                print(f"{label}: {done:,} in {now - began:.1f} s", file=sys.stderr)
            return
        if not finished and now - state["last"] < 0.1:
            return
        state["last"] = now
        print(f"\r{line(label, done, total, now - began)}\x1b[K", end="\n" if finished else "", file=sys.stderr)

    return report


def line(label: str, done: int, total: int, seconds: float) -> str:
    """The text of a progress line after ``seconds``."""
    share = min(done / total, 1.0) if total else 0.0
    rate = done / seconds if seconds > 0 else 0.0
    left = f"{(total - done) / rate:.0f} s left" if rate and done < total else f"{seconds:.1f} s"
    return f"{label:<28} {'█' * round(share * 24):<24} {share:>4.0%}  {done:,}/{total:,}  {rate:,.0f}/s  {left}"
