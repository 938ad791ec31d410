"""What changes models of churn and expansion: training, publishing, retiring, scoring, settings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account
from evergrow.customers.models.tiers import EditionState
from evergrow.health.risk import applying, enough, features, records, rows, scores, training, watching
from evergrow.health.risk.jsonable import jsonable
from evergrow.health.risk.models import LIKELIHOODS, RiskModel, RiskSetting, RiskTarget
from evergrow.health.risk.scores import Scored
from evergrow.lib import clock
from evergrow.workspaces import access, audit, jobs
from evergrow.workspaces.models import Job, Member, Workspace

TRAIN, SCORE = "health.risk.train", "health.risk.score"
PROVIDER = "risk"
HORIZONS = (30, 60, 90, 180)
RETRAIN = (0, 7, 30, 90)
OnProgress = Callable[[int, int], None]


class NoModel(LookupError):
    """There is no such model in the state that is needed; somebody else was quicker. Look at the list of versions."""


class BadSetting(ValueError):
    """The setting is none of those offered."""


def setting(workspace: Workspace, target: str) -> RiskSetting:
    """How the workspace keeps its model of a target; made on the first call. ValueError for an unknown target."""
    if target not in RiskTarget.values:
        raise ValueError(f"{target!r} is no target. Use one of {', '.join(RiskTarget.values)}.")
    return RiskSetting.objects.get_or_create(workspace=workspace, target=target)[0]


@transaction.atomic
def configure(
    *, workspace: Workspace, target: str, horizon_days: int, retrain_days: int, by: Member | None
) -> RiskSetting:
    """Set the horizon of the next training and how often it is repeated (0: by hand). Raises BadSetting."""
    access.require(by, "manage")
    if horizon_days not in HORIZONS or retrain_days not in RETRAIN:
        raise BadSetting(f"Use a horizon of {HORIZONS} days and a training every {RETRAIN} days (0: by hand).")
    kept = setting(workspace, target)
    kept.horizon_days, kept.retrain_days = horizon_days, retrain_days
    kept.save(update_fields=["horizon_days", "retrain_days"])
    data = {"target": target, "horizon_days": horizon_days, "retrain_days": retrain_days}
    audit.record(workspace, "risk.configured", kept, by=by, data=data)
    return kept


def request_training(*, workspace: Workspace, target: str, by: Member | None) -> Job:
    """Put a training in the queue; the open one where there is one already. Needs "manage"."""
    access.require(by, "manage")
    kept = setting(workspace, target)
    job = jobs.enqueue(TRAIN, workspace, by=by, args={"target": target}, dedupe_key=f"train {target}")
    audit.record(workspace, "risk.training_requested", kept, by=by, data={"target": target})
    return job


def train(
    *, workspace: Workspace, target: str, by: Member | None = None, on_progress: OnProgress | None = None
) -> RiskModel | None:
    """Train on everything that is known and keep the model as the draft; an older draft is retired.

    Where the data do not suffice there is no model: None, and ``RiskSetting.result`` says which numbers are missing.
    Raises warehouse.StoreUnavailable.
    """
    kept = setting(workspace, target)
    table = rows.collect(workspace, records.read(workspace), target, kept.horizon_days, on_progress)
    short = enough.missing(table, target, kept.horizon_days)
    made = None if short else training.train(table, target, kept.horizon_days)
    with transaction.atomic():
        model = _keep(kept, made, by) if made else None
        kept.tried_at = clock.now()
        kept.result = {"model": model.number} if model else {"missing": [each.as_dict() for each in short]}
        kept.save(update_fields=["tried_at", "result"])
        if model is None:
            audit.record(workspace, "risk.too_few", kept, by=by, data=kept.result)
    return model


def _keep(kept: RiskSetting, made: training.Trained, by: Member | None) -> RiskModel:
    mine = RiskModel.objects.filter(workspace=kept.workspace, target=kept.target)
    mine.filter(state=EditionState.DRAFT).update(state=EditionState.RETIRED, retired_at=clock.now())
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    model = RiskModel.objects.create(
        workspace=kept.workspace,
        target=kept.target,
        number=number,
        horizon_days=kept.horizon_days,
        definition=jsonable(made.definition),
        card=jsonable(made.card),
        created_by=by,
    )
    audit.record(kept.workspace, "risk.trained", model, by=by, data={"target": kept.target, "number": number})
    return model


@transaction.atomic
def publish(*, workspace: Workspace, target: str, number: int, by: Member | None) -> RiskModel:
    """Put a draft in force, retire the model before it, and queue a scoring. Raises NoModel."""
    access.require(by, "manage")
    mine = RiskModel.objects.filter(workspace=workspace, target=target)
    now = clock.now()
    if not mine.filter(number=number, state=EditionState.DRAFT).exists():
        raise NoModel(f"Version {number} is no draft. Only a draft can be published.")
    mine.filter(state=EditionState.PUBLISHED).update(state=EditionState.RETIRED, retired_at=now)
    took = mine.filter(number=number, state=EditionState.DRAFT).update(
        state=EditionState.PUBLISHED, published_at=now, published_by=by
    )
    if not took:
        raise NoModel("The draft was published or retired meanwhile.")
    model = mine.get(number=number)
    audit.record(workspace, "risk.published", model, by=by, data={"target": target, "number": number})
    jobs.enqueue(SCORE, workspace, by=by, dedupe_key=f"published {target} {number}")
    return model


@transaction.atomic
def retire(*, workspace: Workspace, target: str, number: int, by: Member | None) -> RiskModel:
    """Take a draft or the model in force out of use; what it said of accounts now goes, its history stays.

    Raises NoModel.
    """
    access.require(by, "manage")
    mine = RiskModel.objects.filter(workspace=workspace, target=target, number=number)
    took = mine.exclude(state=EditionState.RETIRED).update(state=EditionState.RETIRED, retired_at=clock.now())
    if not took:
        raise NoModel(f"Version {number} is not in use.")
    model = mine.get()
    LIKELIHOODS[target].objects.filter(workspace=workspace, model=model).delete()
    audit.record(workspace, "risk.retired", model, by=by, data={"target": target, "number": number})
    transaction.on_commit(lambda: mirror.write_provided(workspace, PROVIDER))
    return model


def published(workspace: Workspace, target: str) -> RiskModel | None:
    """The model in force."""
    mine = RiskModel.objects.filter(workspace=workspace, target=target, state=EditionState.PUBLISHED)
    return mine.select_related("workspace").first()


def score(*, workspace: Workspace, target: str) -> int:
    """Say today of every customer what the model in force says, keep it, and watch the model; how many were scored.

    Running it again changes nothing but what changed meanwhile. Raises warehouse.StoreUnavailable.
    """
    model = published(workspace, target)
    if model is None:
        return 0
    known = records.read(workspace)
    found = applying.apply(model.definition, known, features.observe(workspace, known, workspace.today()))
    scores.store(workspace.pk, target, model.pk, found)
    watch = jsonable(watching.watch(model, known, found))
    with transaction.atomic():
        _write(model, found)
        RiskModel.objects.filter(pk=model.pk).update(watch=watch)
    mirror.write_provided(workspace, PROVIDER)
    return len(found)


def due(workspace: Workspace, target: str) -> bool:
    """Whether the schedule asks for a training now; the first one is asked for by a colleague."""
    kept = setting(workspace, target)
    if not kept.retrain_days or kept.tried_at is None:
        return False
    return kept.tried_at <= clock.now() - timedelta(days=kept.retrain_days)


def _write(model: RiskModel, found: Scored) -> None:
    """The states of all customers; who is no customer any more has none."""
    likelihood: Any = LIKELIHOODS[model.target]
    keys = dict(Account.objects.filter(workspace=model.workspace).values_list("number", "pk"))
    bands, told = applying.bands(model.definition, found.chance), applying.reasons(model.definition, found)
    shared = {"workspace": model.workspace, "model": model, "as_of": found.day, "computed_at": clock.now()}
    states = [
        likelihood(
            account_id=keys[number],
            chance=float(found.chance[row]),
            low=float(found.low[row]),
            high=float(found.high[row]),
            band=str(bands[row]),
            reasons=told[row],
            **shared,
        )
        for row, number in enumerate(found.account.tolist())
        if number in keys
    ]
    fields = [f.name for f in likelihood._meta.concrete_fields if f.name not in ("id", "account", "workspace")]
    likelihood.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["account"], update_fields=fields, batch_size=1000
    )
    written = {keys[number] for number in found.account.tolist() if number in keys}
    old = likelihood.objects.filter(workspace=model.workspace).values_list("pk", "account_id")
    gone = [pk for pk, account in old if account not in written]
    likelihood.objects.filter(pk__in=gone).delete()
