"""Imports through the API: send, say what columns mean, run, look, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evergrow.customers.models import Account
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("warehouse_db")
JSON = {"content_type": "application/json"}
ROWS = "Nr,Firma\na-1,Kite\na-2,风筝\n,Nobody\n"


def test_a_file_goes_in_through_the_api_and_out_again(workspace, alice):
    client = caller(alice)
    file = SimpleUploadedFile("customers.csv", ROWS.encode())
    sent = client.post("/api/v1/imports", {"file": file, "kind": "accounts"})
    assert sent.status_code == 201
    draft = sent.json()
    assert (draft["state"], draft["columns"], draft["rows_total"]) == ("draft", ["Nr", "Firma"], 3)
    url = f"/api/v1/imports/{draft['id']}"
    client.patch(url, {"columns": {"Nr": "external_id", "Firma": "name"}}, **JSON)
    assert client.put(f"{url}/run").status_code == 202
    work()
    done = client.get(url).json()
    assert (done["state"], done["created"], done["bad"]) == ("done", 2, 1)
    assert set(Account.objects.values_list("external_id", "name")) == {("a-1", "Kite"), ("a-2", "风筝")}
    rejected = client.get(f"{url}/rejected")
    assert b"Nobody" in b"".join(rejected.streaming_content)
    assert client.put(f"{url}/run").status_code == 409, "it ran"
    assert client.put(f"{url}/undoing").status_code == 202
    work()
    assert client.get(url).json()["state"] == "undone"
    assert not Account.objects.exists()


def test_what_cannot_be_read_is_refused_and_nothing_is_kept(workspace, alice):
    client = caller(alice)
    empty = client.post("/api/v1/imports", {"file": SimpleUploadedFile("empty.csv", b" \n")})
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:evergrow:problem:UnusableFile")
    kind = client.post("/api/v1/imports", {"file": SimpleUploadedFile("a.csv", ROWS.encode()), "kind": "spells"})
    assert (kind.status_code, kind.json()["type"]) == (422, "urn:evergrow:problem:UnknownKind")
    assert client.post("/api/v1/imports", {"kind": "accounts"}).status_code == 422
    assert client.get("/api/v1/imports").json()["items"] == []


def test_an_import_without_its_needed_columns_does_not_run(workspace, alice):
    client = caller(alice)
    file = SimpleUploadedFile("x.csv", b"colour,size\nred,1\n")
    draft = client.post("/api/v1/imports", {"file": file, "kind": "accounts"}).json()
    refused = client.put(f"/api/v1/imports/{draft['id']}/run")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:evergrow:problem:MappingIncomplete")
    assert client.delete(f"/api/v1/imports/{draft['id']}").status_code == 204


def work() -> None:
    Job.objects.exclude(kind__startswith="intake.").delete()
    while jobs.run_next():
        pass
