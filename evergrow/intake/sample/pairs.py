"""Words in two scripts, written one after the other."""


def pairs(words: str) -> list[tuple[str, str]]:
    """``"蓝 Blue 银 Silver"`` as ``[("蓝", "Blue"), ("银", "Silver")]``."""
    parts = words.split()
    return list(zip(parts[::2], parts[1::2], strict=True))
