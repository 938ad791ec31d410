"""The register of processing begins with what the workspace really does."""

import io

import openpyxl
from django.urls import reverse

from evergrow.customers.models import ProcessingActivity
from evergrow.customers.privacy import register
from evergrow.customers.privacy.consent import save_purpose
from evergrow.customers.privacy.retaining import save_rule
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.actions.keys import create_key


def test_what_the_workspace_does_is_suggested_once(workspace, alice, frozen):
    assert register.found(workspace) == []
    create_key(workspace=workspace, kind="write", name="Web shop", by=alice)
    make_person(make_account(workspace), "Erin")
    save_purpose(
        workspace=workspace, key="news", name={"en": "News"}, text={}, basis="consent", channels=["email"], by=alice
    )
    save_rule(workspace=workspace, about="events", pattern="$page", days=90, by=alice)
    assert register.suggest(workspace=workspace, by=alice) == 3
    assert register.suggest(workspace=workspace, by=alice) == 0
    usage = ProcessingActivity.objects.get(key="usage")
    assert usage.name["zh"] != usage.name["en"]
    assert "Web shop" in usage.purpose
    assert "90" in usage.retention
    register.review(activity=usage, by=alice)
    assert usage.review_on.year == 2027


def test_it_is_exported_and_printed(workspace, alice, frozen, sign_in):
    ProcessingActivity.objects.create(workspace=workspace, name={"en": "Support"}, purpose="Answer tickets")
    client = sign_in(alice)
    answer = client.get(reverse("customers:register_export", args=[workspace.slug]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    assert [cell.value for cell in sheet[2]][:2] == ["Support", "Answer tickets"]
    printed = client.get(reverse("customers:register", args=[workspace.slug]) + "?print=1").content.decode()
    assert "Answer tickets" in printed


def test_an_entry_is_written_by_hand(workspace, alice, sign_in):
    url = reverse("customers:register_new", args=[workspace.slug])
    sent = {"name_en": "Payroll", "purpose": "Pay people", "basis": "duty"}
    assert sign_in(alice).post(url, sent).status_code == 302
    assert str(ProcessingActivity.objects.get()) == "Payroll"
