"""How one event of a subject stands in SQL while steps are filled.

What it matches are the bits of a mask: bit 1 the first step, bit 2 the second …, bit 0 whether a try may begin with it.

Usually a tuple ``(moment, lowest step, sequence, steps, exclusions, part)``; where no two steps can share an event and
nothing else is needed, a single number, which the store sorts much faster.
"""

from dataclasses import dataclass

NO_STEP = 65536
MAY_START = 1
NO_START = 65534


@dataclass(frozen=True, slots=True)
class Element:
    """Which pieces an event carries. ``is_packed``: moment and steps in one number."""

    is_packed: bool = False
    has_part: bool = False

    def gathered(self) -> str:
        """What is gathered of each event; sorting it puts events in the order in which they count."""
        if self.is_packed:
            return "toUInt64(moment) * 65536 + mask"
        return f"(moment, low, sequence, mask, stop{', part' if self.has_part else ''})"

    def at(self, event: str) -> str:
        """The moment in milliseconds since 1970."""
        return f"toInt64(bitShiftRight({event}, 16))" if self.is_packed else f"{event}.1"

    def mask(self, event: str) -> str:
        """What the event matches, as bits."""
        return f"toUInt32(bitAnd({event}, 65535))" if self.is_packed else f"{event}.4"

    def stop(self, event: str) -> str:
        """The exclusions that the event matches, as bits."""
        return "toUInt32(0)" if self.is_packed else f"{event}.5"

    def with_mask(self, event: str, mask: str) -> str:
        """The same event with another mask."""
        if self.is_packed:
            return f"toUInt64(bitShiftLeft(bitShiftRight({event}, 16), 16) + {mask})"
        part = f", {event}.6" if self.has_part else ""
        return f"({event}.1, {event}.2, {event}.3, toUInt32({mask}), {event}.5{part})"

    def mark(self, event: str) -> str:
        """What a path keeps of an event that filled a step."""
        return f"({event}.1, {event}.6)" if self.has_part else self.at(event)

    @property
    def skipped(self) -> str:
        """What a path keeps of an optional step that was left out."""
        return "(toInt64(0), '-')" if self.has_part else "toInt64(0)"

    @property
    def no_path(self) -> str:
        return "CAST([], 'Array(Tuple(Int64, String))')" if self.has_part else "emptyArrayInt64()"

    def began(self, path: str) -> str:
        """The moment of a path's first step; 0 for an empty one."""
        return f"{path}[1].1" if self.has_part else f"{path}[1]"

    def start(self, marks: str) -> str:
        """The moment of the first of a tuple of marks; 0 where it holds none."""
        return f"{marks}.1.1" if self.has_part else f"{marks}.1"

    def times(self, path: str) -> str:
        """The moments of a path, 0 for steps left out."""
        return f"arrayMap(filled -> filled.1, {path})" if self.has_part else path
