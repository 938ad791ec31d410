"""The words of an HTML mail, with its paragraphs, lists and quotes as plain text has them."""

import re
from html.parser import HTMLParser

import nh3

from evergrow.customers.mail.folding import LONGEST

BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr"}
APART = {"p", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
PIECE = 1 << 16
KEPT = BLOCKS | {"br", "li", "a", "td", "th", "span", "b", "i", "strong", "em"}


def words(html: str) -> str:
    """Cleaned first, so that scripts, styles and comments never count; quotes get ``>`` before each line.

    It ends where there is more than is kept of a mail.
    """
    safe = nh3.clean(html, tags=KEPT, attributes={"a": {"href"}}, link_rel=None)
    reader = _Reader()
    for begin in range(0, len(safe), PIECE):
        reader.feed(safe[begin : begin + PIECE])
        if len(reader.text()) > LONGEST:
            break
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", reader.text()).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._depth = 0
        self._link = ""

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._lines.append("")
        elif tag == "li":
            self._begin()
            self._put("- ")
        elif tag in BLOCKS:
            self._begin(tag in APART)
        elif tag in ("td", "th") and self._lines[-1]:
            self._put(" ")
        self._depth += tag == "blockquote"
        if tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._depth = max(0, self._depth - 1)
        if tag in BLOCKS:
            self._begin(tag in APART)
        if tag == "a":
            link, self._link = self._link, ""
            if link.startswith("http") and link.rstrip("/") not in self._lines[-1]:
                self._put(f" ({link})")

    def handle_data(self, data: str) -> None:
        flat = re.sub(r"[ \t\r\n\xa0]+", " ", data)
        self._put(flat if self._lines[-1] else flat.lstrip())

    def _put(self, words: str) -> None:
        if words and not self._lines[-1] and self._depth:
            words = f"{'>' * self._depth} {words}"
        self._lines[-1] += words

    def _begin(self, is_apart: bool = False) -> None:
        if self._lines[-1].strip(" >"):
            self._lines.append("")
            if is_apart:
                self._lines.append("")
