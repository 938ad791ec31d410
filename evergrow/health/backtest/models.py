"""Back-tests of scorecards: what was asked, of which definition, and what came out. They never change."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.health.backtest.outcomes import Outcome
from evergrow.health.backtest.plan import Plan, Step
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Job, Member, Workspace

RULE_VERSION = 1


class BackTest(models.Model):
    """One run. ``definition`` is the card that was tested, ``published`` the one it was held against, both whole, so
    that a draft may be changed or thrown away afterwards. ``version`` is the tested version's number.

    ``result`` is empty until the run is over (see ``verdict.py`` for its form); ``rule_version`` says by which rules it
    was computed. ``scope``: whose accounts were looked at, all or those of ``created_by``.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="backtests")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    published_version = models.PositiveIntegerField()
    is_draft = models.BooleanField()
    definition = models.JSONField()
    published = models.JSONField()
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.LOST)
    within = models.PositiveSmallIntegerField(_("within days"), default=90)
    step = models.CharField(_("as of"), max_length=8, choices=Step.choices, default=Step.MONTHLY)
    capacity = models.PositiveSmallIntegerField(_("accounts a week"), default=10)
    scope = models.CharField(max_length=8, default=AccountScope.ALL)
    rule_version = models.PositiveSmallIntegerField(default=RULE_VERSION)
    result = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="backtest_number")]

    def __str__(self) -> str:
        return f"#{self.number} v{self.version}"

    @property
    def plan(self) -> Plan:
        return Plan(Outcome(self.outcome), self.within, Step(self.step), self.capacity)

    @property
    def is_done(self) -> bool:
        return self.finished_at is not None

    @property
    def tests_published(self) -> bool:
        """Whether the published card itself was tested, so that there is no other card to hold it against."""
        return not self.is_draft

    @property
    def first(self) -> date:
        """The first of the past days; of a finished run only."""
        return date.fromisoformat(self.result["first"])

    @property
    def last(self) -> date:
        """The last of the past days; of a finished run only."""
        return date.fromisoformat(self.result["last"])
