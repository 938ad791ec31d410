"""The words of a message step for one contact: subject and body, filled; or what keeps it from being written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from evergrow.customers.models import Account, Person, Trashed
from evergrow.customers.privacy.consent import may_contact
from evergrow.success.engine import contacts, details, surveys, templates
from evergrow.success.engine.book import StepPlan
from evergrow.success.engine.details import Message, Survey
from evergrow.success.engine.rows import RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import StepKind
from evergrow.workspaces.models import Member

Problem = dict[str, str]
_by_hand: ContextVar[bool] = ContextVar("by_hand", default=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that can go out."""

    person: Person
    subject: str
    body: str
    reply_to: str


@contextmanager
def by_hand() -> Iterator[None]:
    """Inside, no message is written here: each is left to a person, as where there is no mail server."""
    token = _by_hand.set(True)
    try:
        yield
    finally:
        _by_hand.reset(token)


def words_of(step: StepPlan) -> Message | Survey:
    """The message or the survey that a step sends."""
    if step.kind == StepKind.SURVEY:
        return details.read(Survey, step.details)
    return details.read(Message, step.details)


def write(task: TaskRow, run: RunRow, world: World) -> Letter | Problem:
    """The letter of a step, or the problem that its page shows."""
    account, words = world.account(run.account_id), words_of(task.step)
    if Trashed.objects.filter(account=account).exists():
        return {"code": "account_gone"}
    if not settings.MAIL_IS_SET_UP or _by_hand.get():
        return {"code": "no_mail_server"}
    person = contacts.choose(world.people_of(run.account_id), words.contacts)
    if person is None:
        return {"code": "no_contact"}
    if words.purpose and not may_contact(person, words.purpose, "email"):
        return {"code": "no_consent"}
    owner = world.member(task.owner_id) or world.member(run.owner_id)
    return compose(words, account, person, owner, run, task, world)


def compose(
    words: Message | Survey,
    account: Account,
    person: Person,
    owner: Member | None,
    run: RunRow,
    task: TaskRow,
    world: World,
) -> Letter | Problem:
    """Fill the templates in the contact's language."""
    language = contacts.language_of(person, world.workspace.language)
    subject, body = words.subject.get(language, ""), words.body.get(language, "")
    if not subject.strip() or not body.strip():
        return {"code": "no_words"}
    more: dict[str, str] = {"playbook": _in(run.book.name, language), "step": _in(task.step.name, language)}
    if isinstance(words, Survey):
        more["link"] = surveys.link(words.url, surveys.token(run.pk, task.pk, person.pk))
    values = templates.values_of(
        account, person=person, owner=owner, language=language, today=world.local.today, **more
    )
    try:
        with translation.override("zh-hans" if language == "zh" else "en"):
            filled = templates.fill(subject, values), templates.fill(body, values)
    except templates.TemplateBroken as broken:
        return {"code": "template", "what": str(broken)}
    if not all(text.strip() for text in filled):
        return {"code": "no_words"}
    return Letter(person, " ".join(filled[0].split()), filled[1].strip() + "\n", owner.user.email if owner else "")


def _in(name: dict[str, str], language: str) -> str:
    return name.get(language) or name.get("en") or name.get("zh") or ""
