"""Writing, changing and taking away annotations."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.insight.models import Annotation
from evergrow.lib import clock
from evergrow.workspaces import access, audit
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

LONGEST = 200


@transaction.atomic
def annotate(*, workspace: Workspace, day: date, text_zh: str, text_en: str, by: Member) -> Annotation:
    """Write a note on a day; one language is enough, the other then shows the same.

    Raises BadChoice for no text or a long one, PermissionDenied without "work".
    """
    access.require(by, "work")
    now = clock.now()
    made = Annotation.objects.create(
        workspace=workspace, day=day, by=by, by_name=str(by), made_at=now, changed_at=now, **_texts(text_zh, text_en)
    )
    audit.record(workspace, "annotation.made", made, by=by, data={"day": day.isoformat()})
    return made


@transaction.atomic
def change_annotation(*, annotation: Annotation, day: date, text_zh: str, text_en: str, by: Member) -> Annotation:
    """Say it otherwise, or on another day; it stays its author's. Errors as in ``annotate``."""
    access.require(by, "work")
    before = {"day": annotation.day.isoformat(), "zh": annotation.text_zh, "en": annotation.text_en}
    annotation.day = day
    for name, text in _texts(text_zh, text_en).items():
        setattr(annotation, name, text)
    annotation.changed_at = clock.now()
    annotation.save()
    audit.record(annotation.workspace, "annotation.changed", annotation, by=by, data={"before": before})
    return annotation


@transaction.atomic
def remove_annotation(*, annotation: Annotation, by: Member) -> None:
    """Take it away; the audit trail keeps what it said. Raises PermissionDenied without "work"."""
    access.require(by, "work")
    said = {"day": annotation.day.isoformat(), "zh": annotation.text_zh, "en": annotation.text_en}
    audit.record(annotation.workspace, "annotation.removed", annotation, by=by, data=said)
    annotation.delete()


def _texts(text_zh: str, text_en: str) -> dict[str, str]:
    texts = {"text_zh": text_zh.strip(), "text_en": text_en.strip()}
    if not any(texts.values()):
        raise BadChoice("text", _("Write what happened on this day."))
    if max(map(len, texts.values())) > LONGEST:
        raise BadChoice("text", _("An annotation has at most %(most)s characters.") % {"most": LONGEST})
    return texts
