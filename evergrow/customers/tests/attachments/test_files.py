"""Files on activities: what is taken, where it lies, who reads it, when it goes."""

import os
from functools import partial
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from conftest import make_member
from evergrow.customers.attachments import hosts, keeping, personal, store
from evergrow.customers.attachments.errors import FileRefused
from evergrow.customers.models import Attachment, StoredFile, Visit
from evergrow.customers.privacy.subject import subject_of
from evergrow.customers.tests.attachments.files import PDF, PROGRAMME, damaged, misnamed, office, png
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.customers.visits import writing

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db")]


@pytest.fixture(autouse=True)
def folder(empty_data):
    return empty_data / "attachments"


@pytest.fixture
def account(workspace):
    return make_account(workspace)


@pytest.fixture
def visit(account, bob):
    return writing.log(account=account, by=bob, need="Faster export")


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def put(visit: Visit, name: str, content: bytes, by) -> Attachment:
    return keeping.attach_to_visit(visit=visit, name=name, pieces=[content], by=by)


TAKEN = [
    ("Plan.PDF", PDF, "application/pdf", "Plan.PDF"),
    ("a/b\\..\\look.png", png(), "image/png", "look.png"),
    ("screenshot", png(), "image/png", "screenshot.png"),
    ("合同 终稿.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", None),
    ("纪要.txt", "客户说：导出太慢".encode("gb18030"), "text/plain", None),
    ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "application/x-ole-storage", None),
    ("customers.csv", b"BMW;Kite Works\n", "text/plain", None),
    ("photo\u202egpj.png", png(), "image/png", "photogpj.png"),
]


@pytest.mark.once
def test_what_a_file_is_follows_from_its_content(visit, bob):
    for name, content, media, kept_as in TAKEN:
        made = put(visit, name, content, bob)
        assert (made.file.media, made.name) == (media, kept_as or name)
        assert made.file.path.read_bytes() == content
        assert made.file.path.suffix != Path(name).suffix  # nothing on disk ends as something that could be opened
        assert made.file.path.stat().st_mode & 0o077 == 0


REFUSED = [
    ("setup.exe", PROGRAMME, "of a kind that is not kept"),
    ("plan.pdf", PROGRAMME, "of a kind that is not kept"),
    ("plan.pdf.exe", PDF, "should end in .pdf"),
    ("page.html", b"<html><script>alert(1)</script>", "of a kind that is not kept"),
    ("notes.txt", b"\xef\xbb\xbf<svg onload=alert(1)>", "of a kind that is not kept"),
    ("run.bat", b"del *.*", "should end in .txt"),
    ("macro.docx", office("word/", "word/vbaProject.bin"), "of a kind that is not kept"),
    ("nothing.txt", b"", "is empty"),
    ("setup.msi", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "of a kind that is not kept"),
    ("damaged.odt", damaged(), "of a kind that is not kept"),
    ("misnamed.zip", misnamed(), "of a kind that is not kept"),
    ("long.txt", b"x" * (1 << 20) + b"y", "larger than 1 MiB"),
]


@pytest.mark.once
def test_what_can_run_or_is_too_large_is_refused_by_name_and_leaves_nothing(visit, bob, folder, settings):
    settings.ATTACHMENT_LIMIT_MIB = 1
    for name, content, words in REFUSED:
        with pytest.raises(FileRefused, match=words) as refused:
            put(visit, name, content, bob)
        assert name in str(refused.value)
    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_content_lies_once_and_goes_with_its_last_use(workspace, account, bob, folder):
    first = writing.log(account=account, by=bob, need="One")
    second = writing.log(account=make_account(workspace, "Blue"), by=bob, need="Two")
    one, two = put(first, "a.pdf", PDF, bob), put(second, "b.pdf", PDF, bob)
    assert put(first, "a.pdf", PDF, bob) == one
    assert one.file == two.file
    assert len(on_disk(folder)) == 1
    keeping.take_away(attachment=one, by=bob)
    assert len(on_disk(folder)) == 1
    second.delete()  # whatever takes the last use away
    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()

    def breaks_off():
        yield PDF
        raise ConnectionError

    with pytest.raises(ConnectionError):
        keeping.attach_to_visit(visit=first, name="c.pdf", pieces=breaks_off(), by=bob)
    with transaction.atomic():
        put(first, "d.pdf", PDF, bob)
        transaction.set_rollback(True)  # what surrounds it fails after the file is in its place
    assert [path.name.startswith("coming") for path in on_disk(folder)] == [False]
    assert store.sweep(workspace) == 0  # too young to be called lost
    os.utime(on_disk(folder)[0], (0, 0))
    assert store.sweep(workspace) == 1
    assert on_disk(folder) == []


def test_a_file_is_read_by_whoever_reads_its_record_and_by_nobody_else(
    visit, account, bob, alice, carol, mallory, sign_in
):
    own = make_member(account.workspace, "Olga", scope="own")
    made = put(visit, "look.png", png(), bob)

    def status(member):
        url = reverse("customers:file", args=[member.workspace.slug, made.pk])
        return sign_in(member).get(url).status_code

    assert [status(each) for each in (bob, carol, alice, own, mallory)] == [200, 200, 200, 404, 404]
    make_seat(account, own)
    assert status(own) == 200
    writing.edit(visit=visit, by=bob, visibility="me")
    assert [status(each) for each in (bob, alice, own)] == [200, 404, 404]
    removal = reverse("customers:remove_file", args=["acme", made.pk])
    assert sign_in(alice).post(removal).status_code == 404
    assert sign_in(carol).post(removal).status_code == 403
    assert sign_in(bob).post(removal).status_code == 302
    assert not Attachment.objects.exists()


def test_pictures_and_pdf_are_shown_without_power_and_the_rest_is_saved(visit, bob, sign_in):
    client = sign_in(bob)
    sent = {"files": [SimpleUploadedFile("look.png", png()), SimpleUploadedFile("报告.txt", b"<b>hi")]}
    page = client.post(
        reverse("customers:visit_files", args=["acme", visit.account.number, visit.pk]), sent, follow=True
    )
    assert "look.png" in page.content.decode()
    look, words = visit.attachments.order_by("pk")
    shown = client.get(reverse("customers:file", args=["acme", look.pk]), headers={"accept-encoding": "gzip"})
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert (shown["X-Content-Type-Options"], shown["Content-Length"]) == ("nosniff", str(len(png())))
    saved = client.get(reverse("customers:file", args=["acme", words.pk]))
    assert saved["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert saved["Content-Type"] == "text/plain"
    words.file.path.unlink()
    assert client.get(reverse("customers:file", args=["acme", words.pk])).status_code == 404


def test_files_come_with_the_form_of_a_record_and_one_by_one_with_the_script(account, bob, sign_in):
    client = sign_in(bob)
    typed = {"happened_on": "2026-03-24", "experience": "Slow", "act": "log", "token": ""}
    form = reverse("customers:visit_new", args=["acme", account.number])
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.exe", PROGRAMME)]
    page = client.post(form, {**typed, "files": files}, follow=True).content.decode()
    visit = Visit.objects.get()
    assert [each.name for each in visit.attachments.all()] == ["a.pdf"]
    assert "“b.exe” is of a kind that is not kept" in page
    one = reverse("customers:visit_files", args=["acme", account.number, visit.pk])
    upload = {"files": SimpleUploadedFile("c.exe", PROGRAMME)}
    answer = client.post(one, upload, headers={"x-upload": "1"})
    assert answer.status_code == 422
    assert "c.exe" in answer.content.decode()
    answer = client.post(one, {"files": SimpleUploadedFile("c.png", png())}, headers={"x-upload": "1"})
    assert answer.status_code == 200
    assert answer.content.decode().count('class="file"') == 2


def test_the_files_that_name_a_person_are_counted_handed_out_and_erased(visit, account, bob):
    person = make_person(account, "Daniel Moore")
    person.email = "daniel.moore@kite.example"
    person.save()
    put(visit, "minutes.docx", office(words="Sent by Daniel.Moore@kite.example"), bob)
    put(visit, "Daniel Moore.txt", b"hello", bob)
    put(visit, "微信.txt", "联系 daniel.moore@kite.example".encode("gb18030"), bob)
    kept = put(visit, "other.txt", b"nobody", bob)
    subject = subject_of(person)
    assert personal.count(subject) == 3
    assert {row["name"] for row in personal.rows(subject)} == {"minutes.docx", "Daniel Moore.txt", "微信.txt"}
    kept.file.path.rename(aside := kept.file.path.with_suffix(".aside"))
    assert personal.count(subject) == 3  # a restored backup may lack one
    kept.file.path.mkdir()
    with pytest.raises(OSError, match="directory"):  # what cannot be read is not said to name nobody
        personal.count(subject)
    kept.file.path.rmdir()
    aside.rename(kept.file.path)
    assert personal.erase(subject) == 3
    assert personal.count(subject) == 0
    assert list(hosts.attachments(bob)) == [kept]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_lets_go_and_who_brings_the_same_at_once_lose_nothing(account, bob):
    """One takes the last use away while another puts the same content on another record."""
    visit = writing.log(account=account, by=bob, need="x")
    for _again in range(6):
        old, start = put(visit, "a.pdf", PDF, bob), Barrier(2)
        bring = partial(put, visit, "b.pdf", PDF, bob)
        drop = partial(keeping.take_away, attachment=old, by=bob)
        threads = [Thread(target=at_once, args=(start, act)) for act in (bring, drop)]
        [each.start() for each in threads]
        [each.join() for each in threads]
        left = visit.attachments.get()
        assert left.file.path.read_bytes() == PDF
        keeping.take_away(attachment=left, by=bob)


def at_once(start, act):
    start.wait()
    act()
    connection.close()
