"""Saved questions and their versions. What was asked stands in its kind's own JSON form, read again by the kind."""

from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 2000


class Sharing(models.TextChoices):
    """Who besides the owner and managers; saving over a question that all may change asks for the ability to work."""

    PRIVATE = "private", pgettext_lazy("sharing", "Only me")
    VIEW = "view", pgettext_lazy("sharing", "Everyone may see it")
    EDIT = "edit", pgettext_lazy("sharing", "Everyone may change it")


class Worded(models.Model):
    """What a question is called and what it is for, in both languages; one name at least is there."""

    name_zh = models.CharField(_("Chinese name"), max_length=LONGEST_NAME, blank=True)
    name_en = models.CharField(_("English name"), max_length=LONGEST_NAME, blank=True)
    description_zh = models.TextField(_("Chinese description"), max_length=LONGEST_DESCRIPTION, blank=True)
    description_en = models.TextField(_("English description"), max_length=LONGEST_DESCRIPTION, blank=True)
    form = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    @property
    def name(self) -> bilingual.Name:
        return {"zh": self.name_zh, "en": self.name_en}

    @property
    def description(self) -> bilingual.Name:
        return {"zh": self.description_zh, "en": self.description_en}

    def words(self) -> dict[str, str]:
        """The four texts by field."""
        return {field: getattr(self, field) for field in WORDS}


WORDS = ("name_zh", "name_en", "description_zh", "description_en")


class SavedQuestion(Worded):
    """A question under a name; its texts and ``form`` are those of its newest version."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_questions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    folder = models.CharField(_("folder"), max_length=80, blank=True)
    sharing = models.CharField(_("shared"), max_length=7, choices=Sharing.choices, default=Sharing.PRIVATE)
    owner = models.ForeignKey(Member, verbose_name=_("owner"), on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    pinned_at = models.DateTimeField(null=True)
    pinned_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True)
    archived_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        app_label = "insight"
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="saved_question_number")]

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at is not None


class QuestionVersion(Worded):
    """One edition of a saved question; never changed."""

    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    restores = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "insight"
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_number")]


class Star(models.Model):
    """A member's own mark on a question, which brings it to the top of the list for that member."""

    question = models.ForeignKey(SavedQuestion, on_delete=models.CASCADE, related_name="stars")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "insight"
        constraints = [models.UniqueConstraint(fields=["question", "member"], name="one_star_per_member")]

    def __str__(self) -> str:
        return f"{self.member} ★ {self.question}"


Form = dict[str, Any]
