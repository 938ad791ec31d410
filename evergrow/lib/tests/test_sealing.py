"""What is sealed opens with its secret and purpose alone, and not once somebody changed it."""

import base64

import pytest

from evergrow.lib.sealing import MARK, CannotOpen, opened, seal


def test_a_text_comes_back_and_looks_different_each_time():
    for text in ("", "let-me-in", "密码 🔑", "x" * 5000):
        one, two = seal(text, "key", "mailbox"), seal(text, "key", "mailbox")
        assert one != two
        assert opened(one, "key", "mailbox") == opened(two, "key", "mailbox") == text
        assert not text or text not in one


def test_another_secret_another_purpose_or_a_changed_letter_opens_nothing():
    made = seal("let-me-in", "key", "mailbox")
    raw = bytearray(base64.urlsafe_b64decode(made.removeprefix(MARK)))
    raw[-1] ^= 1
    changed = MARK + base64.urlsafe_b64encode(bytes(raw)).decode()
    wrong = [("other", "mailbox", made), ("key", "robot", made), ("key", "mailbox", changed)]
    wrong += [
        ("key", "mailbox", text) for text in ("", "let-me-in", MARK, MARK + "*", MARK + "QUJD", made[:20], MARK + "密")
    ]
    for secret, purpose, text in wrong:
        with pytest.raises(CannotOpen):
            opened(text, secret, purpose)
