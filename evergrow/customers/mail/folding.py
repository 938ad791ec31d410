"""What somebody wrote, and the history that their programme put below it."""

import re

from mailparser_reply import EmailReplyParser

LANGUAGES = ["en", "zh", "ja", "de", "fr"]
# Heads of a history that Chinese and other programmes write and the library does not know.
HEADS = re.compile(
    r"\s*(?:>\s*)*(?:"
    r"-{2,}\s*(?:原始邮件|原始信息|转发邮件信息|转发的邮件|回复的原邮件|Original|Forwarded message).*"
    r"|(?:在|于|At)\s.{4,200}(?:写道|wrote)\s*[:：]"
    r"|.{0,120}<[^<>\s]+@[^<>\s]+>\s*(?:于|在).{0,80}写道\s*[:：]"
    r"|发件人\s*[:：].*@.*"
    r")\s*",
    re.IGNORECASE,
)
LONGEST = 200_000
WIDEST = 200
MOST_LINES = 1_000


def split(text: str) -> tuple[str, str]:
    """(own words, history). A mail that only passes another on is its own words whole."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n").strip()[:LONGEST]
    lines = [line.rstrip() for line in flat.split("\n")]
    own = lines[: _own_lines(lines)]
    for number, line in enumerate(own):
        if HEADS.fullmatch(line[:WIDEST]):
            own = own[:number]
            break
    while own and (not own[-1] or own[-1].lstrip().startswith(">")):
        own.pop()
    if not own:
        return "\n".join(lines), ""
    return "\n".join(own), "\n".join(lines[len(own) :]).strip()


def _own_lines(lines: list[str]) -> int:
    """How many lines the library takes for the latest reply.

    It sees them cut short: its patterns take minutes for one long line. Where it stumbles, all lines are own ones.
    """
    short = "\n".join(line[:WIDEST] for line in lines[:MOST_LINES])
    try:
        replies = EmailReplyParser(languages=LANGUAGES).read(short).replies
    except (RecursionError, re.error, IndexError, AttributeError):
        return len(lines)
    first = str(replies[0].content).strip("\n") if replies else ""
    is_all = len(replies) <= 1 or not first or not short.startswith(first)
    return len(lines) if is_all else first.count("\n") + 1
