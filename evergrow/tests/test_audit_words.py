"""The audit trail speaks both languages: every verb that the code records has words."""

import re

import pytest
from django.utils import translation

from evergrow.lib import catalogues
from evergrow.workspaces.audit_words import words

RECORDED = re.compile(r"""(?:audit\.record|_tell|tell)\((?:[^()"]|\([^()]*\))*?f?"([a-z]+\.[a-z_]+)\"""")
VERBS = sorted(
    {
        verb
        for room in catalogues.rooms()
        for file in room.rglob("*.py")
        if "tests" not in file.parts
        for verb in RECORDED.findall(file.read_text(encoding="utf-8"))
    }
)


def test_verbs_are_found() -> None:
    assert len(VERBS) > 40


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_words_in_both_languages(verb: str) -> None:
    told = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            told.append(words(verb))
    assert verb not in told, "Give it words in its room's audit_words.py."
    assert told[0] != told[1]
