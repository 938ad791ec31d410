"""Cutting texts into what is looked for: one way, for the index and for the question.

A text is folded (NFKC, case) and cut by the dictionary of rjieba without guessing. Words that the dictionary knows
count as words; what it does not know stands there as pairs of neighbouring signs, so that names and new words are found
too. Every Chinese sign also counts alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3040-\u30ff\uac00-\ud7af]+|[^\W_]+", re.UNICODE)
HAN = "\u3400-\u9fff"
BORDER = re.compile(f"(?<=[{HAN}])(?=[^{HAN}])|(?<=[^{HAN}])(?=[{HAN}])")
MOST_WORDS = 12
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to look for; ``is_beginning``: what begins with it counts too (words with letters)."""

    text: str
    is_beginning: bool = False


def folded(text: str) -> str:
    """Full-width and upper-case signs as the plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def kept(text: str) -> str:
    """What the index keeps of a text: its words, pairs and signs, with spaces between."""
    return " ".join(_kept(text))


def _kept(text: str) -> Iterator[str]:
    for run in _runs(folded(text)):
        if _is_chinese(run):
            yield from _cut(run)
            yield from run
        else:
            yield run


def asked(text: str) -> list[Word]:
    """What a question looks for, every one of which must be found; nothing where no letter or sign is in it."""
    found: dict[str, Word] = {}
    for run in _runs(folded(text)):
        if not _is_chinese(run):
            found.setdefault(run, Word(run, is_beginning=True))
        elif len(run) == 1:
            found.setdefault(run, Word(run))
        else:
            for word in _cut(run):
                found.setdefault(word, Word(word))
    return list(found.values())[:MOST_WORDS]


def _runs(text: str) -> Iterator[str]:
    for part in RUN.findall(text):
        # “版本v5”: the pattern's second half would swallow Chinese after a letter, so runs are cut by kind.
        for piece in re.split(
            r"(?<=[\u3400-\u9fff])(?=[^\u3400-\u9fff])|(?<=[^\u3400-\u9fff])(?=[\u3400-\u9fff])", part
        ):
            if piece:
                yield piece[:LONGEST] if not _is_chinese(piece) else piece


def _is_chinese(run: str) -> bool:
    return not run.isascii() and ord(run[0]) >= 0x3040


def _cut(run: str) -> Iterator[str]:
    """Known words as they are; a stretch of single signs that the dictionary does not know as pairs, or alone."""
    import rjieba  # its dictionary takes 30 MiB: only where there is Chinese to cut

    alone = ""
    for piece in [*rjieba.cut(run, False), ""]:
        if len(piece) == 1:
            alone += piece
            continue
        if len(alone) == 1:
            yield alone
        yield from (alone[at : at + 2] for at in range(len(alone) - 1))
        alone = ""
        if piece:
            yield piece
