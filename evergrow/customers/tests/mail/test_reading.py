"""Mails as people's programmes really write them."""

from datetime import UTC, datetime

import pytest

from evergrow.customers.mail import folding, plain, reading
from evergrow.customers.tests.mail.letters import letter

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.once]

QQ = (
    b"Message-ID: <qq@example>\r\nFrom: =?gb2312?B?1cXI/Q==?= <zhang@kite.example>\r\n"
    b'To: "Bob; Success" <bob@example.com>,\r\n =?gb18030?B?tPqx7Q==?= <rep@kite.example>\r\n'
    b"Subject: =?gb2312?B?ytXytA==?=\r\n =?gb2312?B?xvejrFgtvMY=?=\r\n"
    b"Date: Tue, 24 Mar 2026 10:00:00 +0800\r\nContent-Type: text/plain; charset=gb2312\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    + "镕基测试：请看㐀字。\n\n------------------ 原始邮件 ------------------\n发件人: x\n旧".encode("gb18030")
)
RAW_HEAD = (
    b"Message-ID: <raw@x>\nFrom: a@b.cn\nSubject: " + "导出太慢".encode("gbk") + b"\nContent-Type: text/plain\n\nhi"
)


def test_chinese_charsets_are_read_whatever_they_are_called():
    found = reading.read(QQ)
    assert [(each.role, each.name, each.address) for each in found.parties] == [
        ("from", "张三", "zhang@kite.example"),
        ("to", "Bob; Success", "bob@example.com"),
        ("to", "代表", "rep@kite.example"),
    ]
    assert (found.text, found.quoted.splitlines()[-1]) == ("镕基测试：请看㐀字。", "旧")
    assert found.sent_at == datetime(2026, 3, 24, 2, tzinfo=UTC)
    assert reading.read(RAW_HEAD).subject == "导出太慢"
    assert reading.read(b"Content-Type: text/plain; charset=nonsense\n\n\xe4\xbd\xa0\x00").text == "你"


def test_names_of_files_are_read_as_both_habits_write_them():
    kind = "Content-Type: application/pdf"
    parts = [
        "Content-Type: text/plain\n\nsee",
        f'{kind}; name="=?utf-8?B?5ZCI5ZCM?=.pdf"\nContent-Disposition: attachment\n\n%PDF-',
        f"{kind}\nContent-Disposition: attachment; filename*=gb18030''%BA%CF%CD%AC.pdf\n\n%PDF-",
        "Content-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline; filename=logo.png\n\nsmall",
    ]
    head = "Message-ID: <f@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    boundary = (head + "\n--b\n".join(parts) + "\n--b--\n").encode()
    found = reading.read(boundary)
    assert [name for name, _content in found.files] == ["合同.pdf", "合同.pdf"]
    assert found.text == "see"


def test_words_of_html_stand_as_plain_text_has_them():
    html = (
        "<style>p{}</style><script>alert(1)</script><!-- x --><p>Hello <b>Bob</b>,&nbsp;see:</p>"
        "<ul><li>one</li><li>two<br>more</li></ul><p><a href='https://kite.example/a'>here</a></p>"
        "<blockquote><p>old</p><blockquote>older</blockquote></blockquote>"
    )
    lines = [line for line in plain.words(html).splitlines() if line]
    assert lines == ["Hello Bob, see:", "- one", "- two", "more", "here (https://kite.example/a)", "> old", ">> older"]


def test_of_html_without_end_no_more_is_read_than_is_kept():
    told = plain.words("<p>one" + f"<a href='https://kite.example/a'>{'more ' * 80}</a>" * 1_000)
    assert told.startswith("one")
    assert folding.LONGEST < len(told) < 2 * folding.LONGEST


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("New\n\nOn Mon, Mar 23, 2026 at 9:01 AM Bob <bob@example.com> wrote:\n> old\n> older", "New"),
        ("新的\n\n在 2026年3月23日，Bob <bob@example.com> 写道：\n\n> 旧的", "新的"),
        ("新的\n\n发件人: Bob <bob@example.com>\n发送时间: 2026年3月23日\n收件人: 张三\n主题: 导出\n\n旧的", "新的"),
        ("新的\n\n---- 回复的原邮件 ----\n| 发件人 | Bob |\n旧的", "新的"),
        ("New\n\n-----Original Message-----\nFrom: Bob\nSent: Monday\nSubject: x\n\nold", "New"),
        ('New\n\nAt 2026-03-23 09:00:00, "Bob" <bob@example.com> wrote:\n>old', "New"),
        ("- one\n- two\n\nBest regards\nDan\n--\nKite", None),
        ("---------- Forwarded message ---------\nFrom: x@y.z\n\nall of it", None),
    ],
)
def test_the_history_below_is_folded_off(text, own):
    found, quoted = folding.split(text)
    assert found == (own or text)
    assert bool(quoted) == bool(own)


def test_what_no_person_wrote_is_known_and_what_is_broken_is_read_as_far_as_it_goes():
    said = {
        "answer": letter(Auto_Submitted="auto-replied"),
        "bulk": letter(Precedence="bulk"),
        "report": b"Content-Type: multipart/report; boundary=b\n\n--b--\n",
        "loop": b"Received: x\n" * 41 + letter(),
        "": letter(Auto_Submitted="no"),
    }
    assert {name: reading.read(raw).automatic for name, raw in said.items()} == {name: name for name in said}
    for raw in (
        b"",
        b"\xff\xfe\n\n\x00",
        b"Subject: =?utf-8?B?x?=\nDate: Foo 99\nFrom: <<>>\n\nhi",
        b"Content-Type: multipart/mixed\n\nx",
    ):
        found = reading.read(raw)
        assert found.message_id.startswith("sha256:")
        assert found.sent_at.year == 2026
    assert reading.read(letter(Date="Tue, 24 Mar 2099 10:00:00 +0800")).sent_at.year == 2026
