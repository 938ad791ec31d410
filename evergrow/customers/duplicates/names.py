"""How alike two company names are, Chinese or Latin.

A name is brought into one form: full-width to half-width (NFKC), lower case, accents and punctuation off; traditional
to simplified characters. Then the legal form goes (有限公司, 股份, 集团, Inc, Ltd, GmbH …), and regions in front,
to simplified characters. Then the legal form goes (有限公司, 股份, Inc, GmbH …), and regions in front,
Two names are alike by

* equal roots: 1.0 with the same line of business, 0.9 where one of them says less of it, 0.6 with two different ones;
* otherwise, for Latin roots from five letters on, the words in alphabetical order, the larger of the Dice coefficient
  of their letter pairs (2 × common / all) and one less the share of letters to mend (left out, put in, changed, two
  swapped); times 0.9 where the line of business differs. Chinese roots must be equal: one character more or less is
  another company.

Two regions that differ make it 0.75 of that at most: two branches, which are often two customers.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from evergrow.customers.duplicates import chinese

ALIKE = 0.84
LEGAL = frozenset(
    [
        "inc",
        "incorporated",
        "se",
        "aktiengesellschaft",
        "ltd",
        "limited",
        "llc",
        "llp",
        "lp",
        "gmbh",
        "ag",
        "kg",
        "ug",
        "ev",
        "corp",
        "corporation",
        "co",
        "company",
        "plc",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "oy",
        "oyj",
        "ab",
        "as",
        "asa",
        "aps",
        "pty",
        "pte",
        "kk",
        "sl",
        "sro",
        "zoo",
        "kft",
        "bhd",
        "sdn",
        "holding",
        "holdings",
        "group",
        "gruppe",
        "groupe",
        "the",
        "and",
        "of",
        "mbh",
        "sp",
        "pvt",
    ]
)
REGION = frozenset(
    [
        "china",
        "usa",
        "us",
        "uk",
        "germany",
        "deutschland",
        "france",
        "europe",
        "asia",
        "apac",
        "emea",
        "america",
        "americas",
        "japan",
        "korea",
        "india",
        "singapore",
        "canada",
        "australia",
        "beijing",
        "shanghai",
        "shenzhen",
        "guangzhou",
        "hangzhou",
        "hongkong",
        "taiwan",
        "global",
        "international",
        "worldwide",
    ]
)
BUSINESS = frozenset(
    [
        "technology",
        "technologies",
        "tech",
        "software",
        "solutions",
        "solution",
        "systems",
        "system",
        "services",
        "service",
        "labs",
        "lab",
        "studio",
        "studios",
        "consulting",
        "digital",
        "networks",
        "network",
        "information",
        "media",
        "industries",
        "enterprises",
        "trading",
    ]
)
BRACKETED = re.compile(r"[(\[【〔<]([^)\]】〕>]*)[)\]】〕>]")
HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Core:
    """What is left of a name: ``root``, line of business, region (each "" where there is none)."""

    root: str
    business: str
    region: str
    is_chinese: bool


@lru_cache(maxsize=200_000)
def core(name: str) -> Core:
    """The parts of a company's name."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    return _chinese(plain) if HAN.search(plain) else _latin(plain)


def alike(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same; see above. ``ALIKE`` and more is worth a look."""
    a, b = core(one), core(other)
    if not a.root or not b.root or a.is_chinese != b.is_chinese:
        return 0.0
    if a.root == b.root:
        score = 1.0 if a.business == b.business else 0.9 if _includes(a.business, b.business) else 0.6
    elif a.is_chinese or min(len(a.root), len(b.root)) < 5:
        return 0.0
    else:
        score = spelled_alike(a.root, b.root) * (1.0 if a.business == b.business else 0.9)
        if _numbers(a.root) != _numbers(b.root):
            return 0.0
    return min(score, 0.75 * score) if a.region and b.region and a.region != b.region else score


def _includes(one: str, other: str) -> bool:
    """Whether one line of business says the other and more, or one says nothing."""
    return one.startswith(other) or other.startswith(one)


def dice(one: str, other: str) -> float:
    """2 × common letter pairs / all letter pairs (Dice 1945); repeated pairs count as often as they are common."""
    first, second = _pairs(one), _pairs(other)
    total = sum(first.values()) + sum(second.values())
    return 2 * sum((first & second).values()) / total if total else 0.0


def spelled_alike(one: str, other: str) -> float:
    """The larger of ``dice`` and one less mistakes per letter; the latter only where enough pairs are common."""
    pairs = dice(one, other)
    if not 0.5 <= pairs < ALIKE:
        return pairs
    return max(pairs, 1 - mistakes(one, other) / max(len(one), len(other)))


def mistakes(one: str, other: str) -> int:
    """Optimal string alignment distance: letters put in, left out, changed, or swapped with their neighbour."""
    before, last = list[int](), list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        row = [n]
        for m, sign in enumerate(other, 1):
            best = min(last[m] + 1, row[m - 1] + 1, last[m - 1] + (letter != sign))
            if n > 1 and m > 1 and letter == other[m - 2] and one[n - 2] == sign:
                best = min(best, before[m - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


@lru_cache(maxsize=200_000)
def _pairs(text: str) -> Counter[str]:
    padded = f" {text} "
    return Counter(padded[n : n + 2] for n in range(len(padded) - 1))


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _chinese(plain: str) -> Core:
    text = plain.translate(chinese.SIMPLER)
    region = ""

    def bracket(found: re.Match[str]) -> str:
        nonlocal region
        inner = found[1].strip()
        place = next((name for name in chinese.REGIONS if inner.startswith(name)), "")
        region = region or place
        return "" if place or inner in chinese.LEGAL else inner

    text = BRACKETED.sub(bracket, text)
    text = re.sub(r"[\W_]+", "", text)
    text = _without_ends(text, chinese.LEGAL)
    bare, place = _without_region(text)
    if (
        len(bare) >= 2
        and bare not in chinese.GENERIC
        and _without_ends(bare, chinese.BUSINESS) not in ("", *chinese.GENERIC)
    ):
        text, region = bare, region or place
    text = _without_ends(text, chinese.LEGAL)
    root = _without_ends(text, chinese.BUSINESS)
    if len(root) < 2 or root in chinese.GENERIC:
        root = text
    return Core(root, text[len(root) :], region, is_chinese=True)


def _without_region(text: str) -> tuple[str, str]:
    """A name without the regions at its beginning or end, and the last of those: 广东深圳市… → 深圳."""
    place = ""
    while True:
        found = next((name for name in chinese.REGIONS if text.startswith(name)), "")
        if not found:
            break
        text, place = text[len(found) :], found
        for level in ("特别行政区", "自治区", "省", "市"):
            text = text.removeprefix(level)
    end = next((name for name in chinese.REGIONS if text.endswith(name) and len(text) > len(name) + 1), "")
    return (text[: -len(end)], place or end) if end else (text, place)


def _without_ends(text: str, words: list[str]) -> str:
    """Without these words at the end, as long as two characters stay."""
    while found := next((word for word in words if text.endswith(word) and len(text) - len(word) >= 2), ""):
        text = text[: -len(found)]
    return text


def _latin(plain: str) -> Core:
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    letters = letters.replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("&", " and ")
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", letters).replace("'", "").replace("’", "")
    words = re.sub(r"\.(com|io|ai|net|cn|org)\b", "", letters)
    tokens = re.findall(r"[^\W_]+", re.sub(r"\bhong kong\b", "hongkong", words))
    kept = [token for token in tokens if token not in LEGAL] or tokens
    here = [token for token in kept[1:] if token in REGION]
    kept = [kept[0], *(token for token in kept[1:] if token not in REGION)] if kept else []
    business = sorted(token for token in kept[1:] if token in BUSINESS)
    root = "".join(sorted(token for token in (kept[:1] + [t for t in kept[1:] if t not in BUSINESS])))
    region = next((token for token in here if token not in ("global", "international", "worldwide")), "")
    return Core(root, " ".join(business), region, is_chinese=False)
