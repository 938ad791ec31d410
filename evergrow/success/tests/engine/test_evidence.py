"""Files as evidence of a step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evergrow.customers.models import Account, Attachment
from evergrow.success import errors
from evergrow.success.actions import tasks
from evergrow.success.actions.runs import start_run
from evergrow.success.evidence.files import files
from evergrow.success.models import Playbook
from evergrow.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
Make = Callable[..., Playbook]


def test_evidence_that_has_to_be_a_file_is_one(
    make_account: Callable[..., Account],
    alice: Member,
    mallory: Member,
    sign_in: Any,
    make_playbook: Make,
    empty_data: Path,
) -> None:
    playbook = make_playbook("proof", {"key": "a", "evidence": True, "evidence_kind": "file"})
    task = start_run(account=make_account(1), playbook=playbook, by=alice).tasks.get()
    with pytest.raises(errors.FileNeeded):
        tasks.finish_task(task=task, by=alice, evidence="we agreed")
    client, page = sign_in(alice), reverse("success:task", args=["acme", task.pk])
    sent = {"files": SimpleUploadedFile("signed.pdf", b"%PDF-1.4\n")}
    assert "signed.pdf" in client.post(f"{page}files/", sent, follow=True).content.decode()
    file = files(task).get()
    assert client.get(reverse("customers:file", args=["acme", file.pk])).status_code == 200
    assert sign_in(mallory).get(reverse("customers:file", args=["next-door", file.pk])).status_code == 404
    assert tasks.finish_task(task=task, by=alice).state == "done"
    assert client.post(reverse("customers:remove_file", args=["acme", file.pk])).status_code == 403
    task.delete()
    assert not Attachment.objects.exists()
