"""The import pages, as a manager walks through them."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import Account, Invoice
from evergrow.intake.models import Import, ImportState
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AuditEntry, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "warehouse_db")]
ACCOUNTS = "客户编号,客户名称,行业,备注\nC-1,蓝峰零售,零售,老客户\nC-2,晨光学堂,教育,\n".encode()


def run_all() -> None:
    """Do what is queued, also what an import asks for afterwards."""
    while jobs.run_next():
        pass


@pytest.fixture
def client(alice: Any, sign_in: Any) -> Client:
    return sign_in(alice)


def at(name: str, **arguments: Any) -> str:
    return reverse(f"intake:{name}", kwargs={"workspace": "acme", **arguments})


def upload(client: Client, content: bytes = ACCOUNTS, name: str = "客户.csv", **fields: str) -> Any:
    return client.post(at("new_import"), {"file": SimpleUploadedFile(name, content), **fields})


def test_an_empty_list_teaches_and_offers_an_example_of_every_kind(client: Client) -> None:
    page = client.get(at("imports")).content.decode()
    assert "Bring in what you know about your customers" in page
    assert page.count("/imports/examples/") == 7
    example = client.get(at("import_example", kind="tickets"))
    assert example["Content-Type"].startswith("text/csv")
    assert next(csv.reader(io.StringIO(example.content.decode("utf-8-sig"))))[0] == "ticket_id"
    assert client.get(at("import_example", kind="secrets")).status_code == 404


def test_from_upload_to_result(client: Client, workspace: Any) -> None:
    response = upload(client)
    source = Import.objects.get()
    assert response["Location"] == at("import", pk=source.pk)
    page = client.get(response["Location"]).content.decode()
    assert "Import 2 rows" in page
    assert "All of them can be imported." in page
    assert '<option value="name" selected>' in page
    assert not Account.objects.exists()

    columns = client.post(at("import_columns", pk=source.pk), {"column-3": ""}, headers={"hx-request": "true"})
    assert b"What the columns mean" in columns.content
    assert b"<html" not in columns.content
    source.refresh_from_db()
    assert source.mapping["columns"] == {"客户编号": "external_id", "客户名称": "name", "行业": "industry", "备注": ""}

    client.post(at("import_start", pk=source.pk), {"column-2": "+"})
    waiting = client.get(at("import", pk=source.pk), headers={"hx-request": "true"})
    assert b"Waiting for its turn" in waiting.content
    assert b"every 1s" in waiting.content
    assert jobs.run_next()
    assert client.get(at("import", pk=source.pk), headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert "2 rows are new" in client.get(at("import", pk=source.pk)).content.decode()
    assert Account.objects.get(external_id="C-1").traits == {"行业": "零售"}
    verbs = set(AuditEntry.objects.filter(workspace=workspace).values_list("verb", flat=True))
    assert {"import.uploaded", "import.mapped", "import.started", "import.done"} <= verbs


def test_the_preview_marks_bad_cells_and_the_result_offers_them_for_download(client: Client, workspace: Any) -> None:
    Account.objects.create(workspace=workspace, number=1, external_id="C-1", name="Blue")
    upload(client, b"id,account_id,date,amount\nF-1,C-1,2026-03-01,10\nF-2,C-9,soon,10\n", "invoices.csv")
    source = Import.objects.get()
    page = client.get(at("import", pk=source.pk)).content.decode()
    assert page.count('class="bad-cell"') == 2
    assert "1 of them cannot be imported." in page
    client.post(at("import_start", pk=source.pk))
    run_all()
    page = client.get(at("import", pk=source.pk)).content.decode()
    assert "There is no account with the id “C-9”" in page
    file = client.get(at("import_bad_rows", pk=source.pk))
    assert b"F-2" in b"".join(file.streaming_content)
    assert Invoice.objects.count() == 1


def test_an_unusable_file_is_answered_with_the_way_out(client: Client) -> None:
    response = upload(client, b"%PDF-1.7", "report.pdf")
    assert response.status_code == 422
    assert "This is a PDF. Export the table behind it as CSV or .xlsx." in response.content.decode()
    assert client.post(at("new_import")).status_code == 422
    assert not Import.objects.exists()


def test_a_file_over_the_limit_is_refused_by_its_limit(client: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MIB = 1
    response = upload(client, b"id,name\n" + b"1,a\n" * 300_000)
    assert response.status_code == 422
    assert "larger than 1 MiB" in response.content.decode()


def test_a_draft_can_change_its_kind_and_be_thrown_away(client: Client) -> None:
    upload(client)
    source = Import.objects.get()
    client.post(at("import_kind", pk=source.pk), {"kind": "people"})
    page = client.get(at("import", pk=source.pk)).content.decode()
    assert "Choose a column for at least one of" in page or "All of them" in page
    client.post(at("import_kind", pk=source.pk), {"kind": "nonsense"})
    client.post(at("import_discard", pk=source.pk))
    assert not Import.objects.exists()
    assert not source.path.exists()


def test_a_draft_without_a_needed_column_does_not_start(client: Client) -> None:
    upload(client, b"what,when\na,b\n", "invoices.csv", kind="invoices")
    source = Import.objects.get()
    response = client.post(at("import_start", pk=source.pk), follow=True)
    assert "No column holds this." in response.content.decode()
    source.refresh_from_db()
    assert source.state == ImportState.DRAFT


def test_stop_go_on_and_undo(client: Client) -> None:
    upload(client)
    source = Import.objects.get()
    client.post(at("import_start", pk=source.pk))
    client.post(at("import_cancel", pk=source.pk))
    assert "Stopped after 0 of 2 rows" in client.get(at("import", pk=source.pk)).content.decode()
    assert not jobs.run_next()
    client.post(at("import_resume", pk=source.pk))
    run_all()
    assert Account.objects.count() == 2
    plan = client.get(at("import_undo", pk=source.pk)).content.decode()
    assert "Accounts it created are deleted" in plan
    client.post(at("import_undo", pk=source.pk))
    assert "Being undone" in client.get(at("import", pk=source.pk)).content.decode()
    run_all()
    assert "Undone on" in client.get(at("import", pk=source.pk)).content.decode()
    assert not Account.objects.exists()
    assert client.get(at("import_undo", pk=source.pk)).status_code == 404


def test_the_same_file_again_says_when_it_came_before(client: Client) -> None:
    for _ in range(2):
        upload(client)
        client.post(at("import_start", pk=Import.objects.latest("pk").pk))
        run_all()
    upload(client)
    page = client.get(at("import", pk=Import.objects.latest("pk").pk)).content.decode()
    assert "This very file was imported on" in page
    second = Import.objects.order_by("pk")[1]
    assert "Nothing changed:" in client.get(at("import", pk=second.pk)).content.decode()


def test_another_workspaces_import_is_not_there(client: Client, mallory: Any, sign_in: Any) -> None:
    upload(client)
    theirs = Import.objects.get()
    stranger = sign_in(mallory)
    for name in ("import", "import_undo", "import_bad_rows"):
        url = reverse(f"intake:{name}", kwargs={"workspace": "next-door", "pk": theirs.pk})
        assert stranger.get(url).status_code == 404
    assert (
        stranger.post(reverse("intake:import_discard", kwargs={"workspace": "next-door", "pk": theirs.pk})).status_code
        == 404
    )
    assert Import.objects.filter(pk=theirs.pk).exists()


def test_an_operator_may_not_import(workspace: Any, bob: Any, sign_in: Any) -> None:
    assert upload(sign_in(bob)).status_code == 403
    manager = make_member(workspace, "Mona", Role.MANAGER)
    assert upload(sign_in(manager)).status_code == 302
