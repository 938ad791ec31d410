"""Both languages are complete: no text without Chinese, no unmarked text in a template."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation

from evergrow.lib import catalogues

TEMPLATES = sorted(catalogues.PACKAGE.glob("*/templates/**/*.html"))
SHOWN_ATTRIBUTES = re.compile(r"\b(?:title|placeholder|aria-label|alt|data-label)=\"([^\"]*)\"")
SAME_IN_BOTH = {
    "Evergrow",
    "EN",
    "CSV",
    "JSON",
    "Excel",
    "XLSX",
    "AUC",
    "MRR",
    "NRR",
    "GRR",
    "CSAT",
    "API",
    "URL",
    "ID",
    "SQL",
}


def test_every_text_has_its_chinese() -> None:
    assert catalogues.missing() == []


@pytest.mark.parametrize("room", catalogues.rooms(), ids=lambda room: room.name)
def test_translations_keep_the_placeholders(room: Path) -> None:
    holders = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
    for message in catalogues.read(room):
        if not message.id:
            continue
        source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        for text in message.string if isinstance(message.string, tuple | list) else [message.string]:
            assert set(holders.findall(text)) <= set(holders.findall(source)), message.id
            assert set(holders.findall(source)) <= set(holders.findall(text)), message.id


def test_a_text_with_a_percent_sign_is_shown_in_chinese() -> None:
    with translation.override("zh-hans"):
        shown = engines["django"].from_string('{% translate "Difference, 95%" %}').render({})
    assert shown == "差异及 95% 区间"


def test_a_percent_sign_where_django_would_show_it_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="Line 2: a percent sign"):
        list(catalogues.in_template('<p>\n{% empty title=_("Less than 5%") %}'))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: "/".join(file.parts[-2:]))
def test_templates_hold_no_unmarked_text(file: Path) -> None:
    left = unmarked(file.read_text(encoding="utf-8"))
    assert not left, f"Mark these with translate: {left}"


def unmarked(source: str) -> list[str]:
    """Words that a reader would see in one language only."""
    source = catalogues.COMMENT.sub("", source)
    source = re.sub(r"{%\s*blocktrans(late)?\b.*?endblocktrans(late)?\s*%}", "", source, flags=re.S)
    source = re.sub(r"{{.*?}}|{%.*?%}", "", source, flags=re.S)
    source = re.sub(r"<(script|style|code|pre|svg|kbd)\b.*?</\1>", "", source, flags=re.S)
    texts = [*SHOWN_ATTRIBUTES.findall(source), re.sub(r"<[^>]*>", "\n", source)]
    words = [w for text in texts for w in re.findall(r"[A-Za-z][A-Za-z]+|[\u4e00-\u9fff]+", re.sub(r"&\w+;", "", text))]
    return [word for word in words if word not in SAME_IN_BOTH and word != "中"]


def test_no_text_is_marked_inside_an_f_string() -> None:
    """What collects texts reads an f-string as one piece: a text marked in it would never get its Chinese."""
    marked = re.compile(r"""\bf["'][^\n]*\{(?:_|n?p?gettext(?:_lazy)?)\(["']""")
    files = [file for file in catalogues.PACKAGE.rglob("*.py") if "tests" not in file.parts]
    assert [file.name for file in files if marked.search(file.read_text(encoding="utf-8"))] == []


def test_unmarked_text_is_noticed() -> None:
    assert unmarked('<p title="Hello">{% translate "fine" %} 你好 there</p>') == ["Hello", "你好", "there"]


def test_a_block_is_looked_up_as_django_does() -> None:
    source = "{% blocktranslate count n=x trimmed %}\n one {{ n }}\n{% plural %}\n {{ n }} all\n{% endblocktranslate %}"
    assert list(catalogues.in_template(source)) == [((None, ("one %(n)s", "%(n)s all")), 1)]
