"""What a run meets on its way: its account and colleagues, the answers to conditions, and what it sets off.

Everything is read when it is first asked for, and for all runs of the batch at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from evergrow.customers.models import Account, Affiliation, ProductUse, TimelineEntry
from evergrow.lib import bilingual, local_time
from evergrow.success import owners
from evergrow.success.engine import answers, contacts
from evergrow.success.engine.book import StepPlan
from evergrow.success.engine.frames import Local
from evergrow.success.engine.rows import ACCOUNT, SUB_RUN, Folded, RunRow, TaskRow
from evergrow.success.models import Delivery, Playbook, Run
from evergrow.success.schedule import Due
from evergrow.workspaces.models import AuditEntry, Member, Workspace

PATIENCE = timedelta(minutes=1)


@dataclass
class World:
    """The surroundings of a batch of runs of one workspace, all of whose rows are ``folded``.

    ``runs`` are those that were taken on one by one, ``alike`` such a run with others that went the same way.
    ``is_inline``: conditions are asked on the spot. ``is_personal``: what was asked for since it was last set to False
    hangs on the account or on colleagues. ``opened``: tasks of runs that went alike which became somebody's to do.
    """

    local: Local
    folded: Sequence[Folded] = ()
    runs: list[RunRow] = field(default_factory=list)
    alike: list[tuple[RunRow, list[Folded]]] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    is_inline: bool = False
    is_personal: bool = False
    known: answers.Answers = field(default_factory=dict)
    dates: dict[tuple[Any, ...], list[Due | None]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    asked: set[tuple[str, int]] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)
    lines: list[TimelineEntry] = field(default_factory=list)
    by: Member | None = None

    @property
    def workspace(self) -> Workspace:
        return self.local.workspace

    @property
    def now(self) -> datetime:
        return self.local.now

    @property
    def later(self) -> datetime:
        """When to ask again what could not be asked."""
        return self.now + PATIENCE

    @cached_property
    def _accounts(self) -> dict[int, Account]:
        wanted = {each.run[ACCOUNT] for each in self.folded}
        rows = Account.everyone.filter(pk__in=wanted).select_related("workspace")
        return {account.pk: account for account in rows}

    def account(self, pk: int) -> Account:
        return self._accounts[pk]

    @cached_property
    def _products(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        uses = ProductUse.objects.filter(account__in=list(self._accounts))
        for account, code in uses.values_list("account_id", "product__code"):
            found[account].add(code)
        return found

    def products_of(self, account: int) -> set[str]:
        """The codes of the products that an account uses."""
        self.is_personal = True
        return self._products[account]

    def industry_of(self, account: int) -> str:
        """The industry of an account."""
        self.is_personal = True
        return self.account(account).industry

    @cached_property
    def _teams(self) -> dict[int, owners.Team]:
        return owners.teams(list(self._accounts.values()))

    @cached_property
    def _members(self) -> dict[int, Member]:
        rows = Member.objects.filter(workspace=self.workspace, left_at=None).select_related("user")
        return {member.pk: member for member in rows}

    def member(self, pk: int | None) -> Member | None:
        """A colleague who is still here."""
        return self._members.get(pk) if pk else None

    def owner(self, step: StepPlan, run: RunRow, previous: int | None) -> int | None:
        """Who gets a step now that it is known who had the one before."""
        self.is_personal = True
        starter = self.member(run.started_by_id)
        team = self._teams.get(run.account_id, {})
        choice = owners.choose_by(step.rules, team, starter, self._members, previous=self.member(previous))
        return choice.member.pk if choice.member else None

    def holds(self, condition: dict[str, Any], run: RunRow) -> bool | None:
        """Whether the run's account meets a condition; None, and the run waits, when that is not known yet.

        Raises answers.Broken.
        """
        self.is_personal = True
        text = answers.key_of(condition)
        key = (text, run.account_id)
        if text in self.broken:
            raise answers.Broken(self.broken[text])
        if key not in self.known:
            if not self.is_inline:
                self.asked.add(key)
                run.looks_at = self.now
                return None
            self.known[key] = answers.ask_one(self.workspace, condition, self.account(run.account_id).number)
        if self.known[key] is None:
            run.looks_at = self.later
        return self.known[key]

    @cached_property
    def _sub_runs(self) -> dict[int, str]:
        wanted = {task[SUB_RUN] for each in self.folded for task in each.tasks if task[SUB_RUN]}
        return dict(Run.objects.filter(pk__in=wanted).values_list("pk", "state"))

    def sub_run_state(self, pk: int | None) -> str:
        """The state of a run that a step started, as of when it was first asked for."""
        self.is_personal = True
        return self._sub_runs.get(pk or 0, "")

    @cached_property
    def _people(self) -> dict[int, list[Affiliation]]:
        return contacts.of_accounts(self._accounts, self.local.today)

    def people_of(self, account: int) -> list[Affiliation]:
        """The people of an account to whom one can write."""
        return self._people.get(account, [])

    def pass_votes_on(self, task: TaskRow) -> datetime | None:
        """Hand votes on whose time is over; when the next one's is."""
        from evergrow.success.engine import votes

        self.is_personal = True
        return votes.pass_on(task.pk, self.now)

    @cached_property
    def _playbooks(self) -> dict[int, tuple[str, dict[str, str]]]:
        rows = Playbook.objects.filter(pk__in={each.book.playbook for each in self.folded})
        return {playbook.pk: (playbook.key, playbook.name) for playbook in rows}

    def key_of(self, run: RunRow) -> str:
        """The key of a run's playbook."""
        return self._playbooks[run.book.playbook][0]

    def beginning(self, run: RunRow) -> datetime:
        """The moment at which the day begins on which a run starts."""
        return local_time.moment(run.starts_on, time(0), self.local.zone)

    def note_skip(self, task: TaskRow, run: RunRow, code: str) -> None:
        """The audit trail tells of a step that Evergrow left out."""
        data = {"account": self.account(run.account_id).number, "why": code}
        self.note("task.left_out", ("task", task.pk, pick(task.step.name)), data)

    def note_completion(self, run: RunRow) -> None:
        """The audit trail and the timeline tell of a run that is complete."""
        name = f"{pick(run.book.name)} · {self.account(run.account_id)}"
        self.note("playbook.completed", ("run", run.pk, name), {}, by=self.by)
        data = {"run": run.pk, "playbook": run.book.name, "version": run.book.number}
        self.line(run, "playbook.completed", {**data, "days": (self.now - run.started_at).days})

    def note(self, verb: str, target: tuple[str, int, str], data: dict[str, Any], *, by: Member | None = None) -> None:
        """An entry of the audit trail; ``target`` is kind, key and name."""
        kind, key, name = target
        self.entries.append(
            AuditEntry(
                workspace=self.workspace,
                at=self.now,
                by=by,
                by_name=str(by or "Evergrow")[:160],
                verb=verb,
                target_kind=kind,
                target_id=str(key),
                target_name=name[:200],
                data=data,
            )
        )

    def line(self, run: RunRow, kind: str, data: dict[str, Any], person: int | None = None) -> None:
        """A line of the account's timeline."""
        self.lines.append(
            TimelineEntry(account_id=run.account_id, at=self.now, kind=kind, data=data, by=self.by, person_id=person)
        )


def pick(name: dict[str, str]) -> str:
    """A name in the language of the moment."""
    return bilingual.pick(name, get_language() or "en")
