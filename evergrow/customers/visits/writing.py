"""Writing down activities: drafts, plans, records; each change is kept with who made it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, Person, Visibility, Visit, VisitEdit, VisitState
from evergrow.customers.visits import access, fields, guests, mentions, telling
from evergrow.customers.visits.errors import ContactElsewhere, NotAPlan, NothingSaid, VisitNotYet, WrongState
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

State = VisitState
# From where an activity may go where.
MOVES = {
    State.PLANNED: (State.DRAFT, State.PLANNED, State.CANCELLED),
    State.LOGGED: (State.DRAFT, State.PLANNED, State.LOGGED),
    State.CANCELLED: (State.PLANNED,),
}


@transaction.atomic
def save_draft(*, account: Account, by: Member, token: UUID, **facts: Any) -> Visit:
    """Keep what is typed so far, under the form's token: only its author sees it, and nothing has to be complete.

    A form that was sent meanwhile stays as it was sent.
    """
    require(by, "work")
    visit = _of_form(account, by, token)
    if visit is None:
        visit = Visit(account=account, author=by, token=token, state=State.DRAFT, happened_on=account.workspace.today())
    if visit.state != State.DRAFT:
        return visit
    fields.put(visit, {name: value for name, value in facts.items() if value is not None or name != "happened_on"})
    visit.edited_at = clock.now()
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError:  # the same form, a moment ago
        return Visit.everything.get(token=token)
    return visit


@transaction.atomic
def drop_draft(*, visit: Visit, by: Member) -> None:
    """Throw a draft away. Raises WrongState."""
    require(by, "work")
    if visit.author_id != by.pk or visit.state != State.DRAFT:
        raise WrongState(_("Only a draft can be thrown away, by who wrote it."))
    visit.delete()


@transaction.atomic
def log(*, account: Account, by: Member, visit: Visit | None = None, token: UUID | None = None, **facts: Any) -> Visit:
    """Record what took place: from a form, a draft, a plan, or anew.

    Raises ContactElsewhere, VisitNotYet, NothingSaid, WrongState, or ValidationError per field.
    """
    return _write(State.LOGGED, account, by, visit, token, facts)


@transaction.atomic
def plan(*, account: Account, by: Member, visit: Visit | None = None, token: UUID | None = None, **facts: Any) -> Visit:
    """Plan an activity for a moment ahead (``starts_at``). Raises NotAPlan and what ``log`` raises."""
    return _write(State.PLANNED, account, by, visit, token, facts)


@transaction.atomic
def edit(*, visit: Visit, by: Member, **facts: Any) -> Visit:
    """Change a record or a plan: whoever works here and may read it does. Raises what ``log`` raises."""
    return _write(State(visit.state), visit.account, by, visit, None, facts)


@transaction.atomic
def call_off(*, visit: Visit, by: Member) -> Visit:
    """Call a planned activity off. Raises WrongState."""
    require_hand(visit, by)
    _move(visit, State.CANCELLED)
    _keep(visit, by, {"state": [State.PLANNED, State.CANCELLED]})
    audit.record(visit.account.workspace, "visit.called_off", visit.account, by=by, data={"visit": visit.pk})
    telling.forget(visit)
    return visit


def may_change(visit: Visit, member: Member) -> bool:
    """Whether the member may change it: whoever works here and may read it does, and the history says who did what."""
    return may(member, "work") and access.visits(member).filter(pk=visit.pk).exists()


def require_hand(visit: Visit, by: Member) -> None:
    require(by, "work")
    if not may_change(visit, by):
        raise PermissionDenied(_("This record is not for you. Write one of your own."))


def _of_form(account: Account, by: Member, token: UUID | None) -> Visit | None:
    if token is None:
        return None
    found = Visit.everything.select_for_update(of=("self",)).filter(token=token).first()
    if found is not None and (found.author_id != by.pk or found.account_id != account.pk):
        raise WrongState(_("This form belongs to another record. Open a new one."))
    return found


def _write(
    to: VisitState, account: Account, by: Member, visit: Visit | None, token: UUID | None, facts: dict[str, Any]
) -> Visit:
    require(by, "work")
    people: Sequence[Person] | None = facts.pop("people", None)
    colleagues: Sequence[Member] | None = facts.pop("colleagues", None)
    others: Iterable[str] | None = facts.pop("others", None)
    visit = visit or _of_form(account, by, token)
    if visit is not None and token is not None and visit.state not in (State.DRAFT,):
        return visit  # the same form was sent before
    is_new = visit is None or visit.state == State.DRAFT
    if visit is None:
        visit = Visit(account=account, author=by, token=token, state=to, happened_on=account.workspace.today())
    elif not is_new:
        require_hand(visit, by)
    before, was = fields.plain(visit), visit.state
    fields.put(visit, facts)
    _settle_day(visit)
    _check(visit, to, is_new)
    visit.account = account
    visit.clean_fields(exclude=["account", "author", "token"])
    _save(visit, to, was, is_new)
    guests.put(visit, people=people, colleagues=colleagues, others=others)
    changed = {} if is_new else fields.changes(before, fields.plain(visit))
    if was != to and not is_new:
        changed["state"] = [was, to]
    if changed:
        _keep(visit, by, changed)
    _say(visit, by, is_new, was, changed)
    return visit


def _settle_day(visit: Visit) -> None:
    """The day follows from the moment, where one is known."""
    if visit.starts_at is not None:
        visit.happened_on = visit.starts_at.astimezone(visit.account.workspace.tz).date()


def _check(visit: Visit, to: VisitState, is_new: bool) -> None:
    account, person = visit.account, visit.person
    if person is not None and not account.affiliations.filter(person=person).exists():
        sentence = _("%(person)s is not at %(account)s. Choose a contact of this account, or add the person first.")
        raise ContactElsewhere({"person": sentence % {"person": person, "account": account}})
    if to == State.PLANNED:
        if visit.starts_at is None:
            raise NotAPlan({"starts_at": _("Say when it begins. A plan needs a day and a time.")})
        if (is_new or visit.state != State.PLANNED) and visit.starts_at < clock.now() - timedelta(minutes=5):
            raise NotAPlan({"starts_at": _("This moment is over. Record it as something that took place.")})
        return
    if visit.happened_on > account.workspace.today():
        raise VisitNotYet({"happened_on": _("The day lies ahead. Record a visit after it took place, or plan it.")})
    if not fields.first_words(visit):
        raise NothingSaid(_("Nothing was written down. Fill in at least one field, for example the experience in use."))


def _save(visit: Visit, to: VisitState, was: str, is_new: bool) -> None:
    if visit.pk is not None and was != to:
        _move(visit, to)
    visit.state = to
    visit.edited_at = None if is_new else clock.now()
    visit.save()


def _move(visit: Visit, to: VisitState) -> None:
    """Go there only from where one may; somebody else may have been quicker."""
    if not Visit.everything.filter(pk=visit.pk, state__in=MOVES[to]).update(state=to):
        raise WrongState(_("Somebody changed it meanwhile. Reload the page and look again."))
    visit.state = to


def _keep(visit: Visit, by: Member, changed: dict[str, Any]) -> None:
    VisitEdit.objects.create(visit=visit, by=by, changes=changed)


def _say(visit: Visit, by: Member, is_new: bool, was: str, changed: dict[str, Any]) -> None:
    """The audit trail and the account's story. What only its author sees is told to nobody else."""
    is_first = visit.state == State.LOGGED and (is_new or was != State.LOGGED)
    verb = "visit.logged" if is_first else "visit.planned" if is_new or was == State.CANCELLED else "visit.edited"
    data: dict[str, Any] = {"visit": visit.pk}
    if verb == "visit.edited":
        if not changed:
            return
        if visit.visibility != Visibility.ME:
            data["before"] = {name: str(pair[0]) for name, pair in changed.items()}
    audit.record(visit.account.workspace, verb, visit.account, by=by, data=data)
    telling.tell(visit, by=by)
    _mention(visit, by)


def _mention(visit: Visit, by: Member) -> None:
    """Tell the colleagues whom the record names, of those who may read it."""
    account, text = visit.account, "\n".join(getattr(visit, name) for name in fields.WORDS)
    seeing = None
    if visit.visibility == Visibility.TEAM:
        seeing = account.team.filter(ended_on=None).values_list("member", flat=True)
    elif visit.visibility == Visibility.ME:
        seeing = account.team.none().values_list("member", flat=True)
    url = reverse("customers:visit", args=[account.workspace.slug, account.number, visit.pk])
    mentions.tell(text, account, by=by, url=url, about=f"visit:{visit.pk}", seeing=seeing)
