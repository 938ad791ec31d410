"""Translation catalogues without system gettext: extract, check and compile the .po files of every room.

``python -m evergrow.lib.catalogues compile|update|check``. Source strings are English; each room keeps its Simplified
Chinese in ``locale/zh_Hans/LC_MESSAGES/django.po``; the .mo files beside them are made at set-up and not committed.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
KEYWORDS = {
    **dict.fromkeys(["gettext", "gettext_lazy", "_"], None),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
Key = tuple[str | None, str | tuple[str, str]]  # context, text or (singular, plural)

TAG = re.compile(r"{%-?\s*(.*?)\s*-?%}", re.S)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}", re.S)
STRING = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TRANSLATE = re.compile(rf"^trans(?:late)?\s+{STRING}(?:.*?\bcontext\s+{STRING})?", re.S)
UNDERSCORE = re.compile(rf"\b_\({STRING}\)")
VARIABLE = re.compile(r"{{\s*(.*?)\s*}}")


def rooms() -> list[Path]:
    """The folders of the rooms."""
    return sorted(file.parent for file in PACKAGE.glob("*/apps.py"))


def catalogue_file(room: Path) -> Path:
    return room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extract(room: Path) -> Iterator[tuple[Key, str]]:
    """Every translatable text of a room's code and templates, with the place ``file:line``."""
    for file in sorted(room.rglob("*.py")):
        if "tests" in file.parts or "migrations" in file.parts:
            continue
        for line, _function, texts, context in _in_python(file.read_bytes()):
            yield (context, texts), f"{file.relative_to(PACKAGE)}:{line}"
    for file in sorted([*room.rglob("templates/**/*.html"), *room.rglob("templates/**/*.txt")]):
        for key, line in in_template(file.read_text(encoding="utf-8")):
            yield key, f"{file.relative_to(PACKAGE)}:{line}"


def _in_python(source: bytes) -> Iterator[tuple[int, str, str | tuple[str, str], str | None]]:
    for line, function, found, _comments in extract_python(BytesIO(source), list(KEYWORDS), [], {"encoding": "utf-8"}):
        parts = list(found) if isinstance(found, tuple) else [found]
        context = parts.pop(0) if "pgettext" in function else None
        plural = function.startswith(("ngettext", "npgettext"))
        if parts and parts[0]:
            yield line, function, (parts[0], parts[1]) if plural else parts[0], context


def in_template(source: str) -> Iterator[tuple[Key, int]]:
    """The translatable texts of a Django template, as Django will look them up: with percent signs doubled."""
    source = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
    position = 0
    while found := TAG.search(source, position):
        position, words, line = found.end(), found.group(1), source.count("\n", 0, found.start()) + 1
        if simple := TRANSLATE.match(words):
            yield (_unquote(simple.group(2)), (_unquote(simple.group(1)) or "").replace("%", "%%")), line
        elif re.match(r"blocktrans(?:late)?\b", words):
            end = re.compile(r"{%-?\s*endblocktrans(?:late)?\s*-?%}").search(source, position)
            if end is None:
                raise ValueError(f"Line {line}: a blocktranslate without its end.")
            yield _block(words, source[position : end.start()]), line
            position = end.end()
        for underscore in UNDERSCORE.finditer(words):
            yield (None, _plain(underscore.group(1), line)), line
    for expression in re.finditer(r"{{(.*?)}}", source, re.S):
        for underscore in UNDERSCORE.finditer(expression.group(1)):
            line = source.count("\n", 0, expression.start()) + 1
            yield (None, _plain(underscore.group(1), line)), line


def _plain(quoted: str, line: int) -> str:
    """A text in ``_()``. Raises ValueError for a percent sign, which Django would show twice there."""
    text = _unquote(quoted) or ""
    if "%" in text:
        raise ValueError(f"Line {line}: a percent sign in _(). Use the tag translate, or words: {text[:60]}")
    return text


def _block(words: str, body: str) -> Key:
    context = re.search(rf"\bcontext\s+{STRING}", words)
    texts = re.split(r"{%-?\s*plural\s*-?%}", body)
    if re.search(r"\btrimmed\b", words):
        texts = [" ".join(line.strip() for line in text.strip().splitlines() if line.strip()) for text in texts]
    names = [VARIABLE.sub(lambda found: f"%({found.group(1)})s", text.replace("%", "%%")) for text in texts]
    text: str | tuple[str, str] = (names[0], names[1]) if len(names) > 1 else names[0]
    return (_unquote(context.group(1)) if context else None), text


def _unquote(text: str | None) -> str | None:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text else None


def read(room: Path) -> Catalog:
    """A room's catalogue; an empty one where it has none yet."""
    file = catalogue_file(room)
    if not file.exists():
        return Catalog(locale=LOCALE, project="Evergrow", domain="django")
    with file.open("rb") as source:
        return read_po(source, locale=LOCALE, domain="django")


def key_of(message: Message) -> Key:
    text = message.id
    return message.context, (text[0], text[1]) if isinstance(text, list | tuple) else text


def is_complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(texts) and not message.fuzzy


def missing() -> list[str]:
    """One line per text that some room shows and no room translates."""
    known = {key_of(message) for room in rooms() for message in read(room) if message.id and is_complete(message)}
    return [f"{place}: {key[1]!r}" for room in rooms() for key, place in extract(room) if key not in known]


def compile_all() -> int:
    """Write the .mo file beside every .po file; how many."""
    count = 0
    for room in rooms():
        if catalogue_file(room).exists():
            with catalogue_file(room).with_suffix(".mo").open("wb") as out:
                write_mo(out, read(room))
            count += 1
    return count


def are_stale() -> bool:
    """Whether some .po file is newer than its .mo file."""
    files = [catalogue_file(room) for room in rooms() if catalogue_file(room).exists()]
    return any(
        not (made := po.with_suffix(".mo")).exists() or made.stat().st_mtime < po.stat().st_mtime for po in files
    )


def update() -> None:
    """Add texts that are new to their room's catalogue (empty, to be translated) and drop those that are gone.

    A text that another room translates already is not asked for again.
    """
    catalogues = {room: read(room) for room in rooms()}
    known = {key_of(message) for each in catalogues.values() for message in each if message.id and is_complete(message)}
    for room, before in catalogues.items():
        own = {key_of(message): message for message in before if message.id}
        after = _empty()
        for (context, text), _place in extract(room):
            old = own.get((context, text))
            if old is not None or (context, text) not in known:
                after.add(text, old.string if old else None, context=context, flags=old.flags if old else ())
        if len(after):
            _write(catalogue_file(room), after)


def _empty() -> Catalog:
    """Its head never changes, so that only what did is written anew."""
    return Catalog(
        locale=LOCALE,
        project="Evergrow",
        header_comment="# Simplified Chinese of this room; see docs/decisions/0005-one-catalogue-a-room.md",
        creation_date=FIRST_DAY,
        revision_date=FIRST_DAY,
        last_translator="",
        fuzzy=False,
    )


def _write(file: Path, catalogue: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalogue, no_location=True, omit_header=False, width=120, sort_output=True)


def main() -> None:
    match sys.argv[1:]:
        case ["compile"]:
            print(f"Compiled {compile_all()} catalogues.")
        case ["update"]:
            update()
        case ["check"]:
            lines = missing()
            print("\n".join(lines) or "Every text is translated.")
            sys.exit(bool(lines))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
