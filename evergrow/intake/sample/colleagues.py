"""Made-up colleagues who look after the sample's accounts together with the owner."""

from datetime import date, timedelta

from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat, Tier
from evergrow.intake.sample.files import chance_of
from evergrow.workspaces.models import Member, Role, User, Workspace

COLLEAGUES = (
    ("王晓曼", "xiaoman.wang", TeamRole.CSM, "east"),
    ("Emma Clarke", "emma.clarke", TeamRole.CSM, "east"),
    ("赵一鸣", "yiming.zhao", TeamRole.CSM, "west"),
    ("Liam Patel", "liam.patel", TeamRole.CSM, "west"),
    ("孙悦", "yue.sun", TeamRole.SALES, "sales"),
    ("Noah Fischer", "noah.fischer", TeamRole.EXPERT, "experts"),
)


def add_colleagues(workspace: Workspace) -> list[Member]:
    """Members who cannot sign in: they have no password and are not active."""
    members = []
    for name, local, _role, team in COLLEAGUES:
        email = f"{local}@colleagues.{workspace.slug}.example"
        user = User.objects.filter(email=email).first()
        user = user or User.objects.create_user(email, None, name=name, is_active=False)
        # Sales and experts own steps of playbooks too, so all of them may work.
        member, _made = Member.objects.get_or_create(
            workspace=workspace, user=user, defaults={"role": Role.OPERATOR, "team": team}
        )
        members.append(member)
    return members


def seat_teams(workspace: Workspace, members: list[Member]) -> int:
    """Spread success managers, sales and experts over the customers; the owner gets a portfolio too.

    Strategic and VIP accounts have the whole triangle; two in five of the others have a success manager. Gives the
    number of seats. Accounts that have a team are left alone.
    """
    owner = workspace.members.filter(role=Role.OWNER, left_at=None).order_by("pk").first()
    managers = [m for m, (_n, _l, role, _t) in zip(members, COLLEAGUES, strict=True) if role == TeamRole.CSM]
    sales = members[[role for _n, _l, role, _t in COLLEAGUES].index(TeamRole.SALES)]
    expert = members[[role for _n, _l, role, _t in COLLEAGUES].index(TeamRole.EXPERT)]
    accounts = Account.objects.filter(workspace=workspace, status=AccountStatus.ACTIVE, team=None)
    seats: list[TeamSeat] = []
    for account in accounts.only("external_id", "tier", "customer_since").order_by("pk"):
        started = account.customer_since or workspace.today()
        is_cared_for = account.tier != Tier.GENERAL
        chance = chance_of("team", account.external_id)
        if is_cared_for or chance % 100 < 40:
            is_owners = owner and chance_of("owner", account.external_id) % 100 < (12 if is_cared_for else 7)
            manager = owner if owner and is_owners else managers[chance // 100 % len(managers)]
            seats += _managers(account, manager, managers, started, workspace.today())
        if is_cared_for or chance // 7 % 100 < 30:
            seats.append(TeamSeat(account=account, role=TeamRole.SALES, member=sales, started_on=started))
        if is_cared_for:
            seats.append(TeamSeat(account=account, role=TeamRole.EXPERT, member=expert, started_on=started))
    TeamSeat.objects.bulk_create(seats, batch_size=2_000)
    return len(seats)


def _managers(account: Account, manager: Member, all_: list[Member], started: date, today: date) -> list[TeamSeat]:
    """The success manager, and at one long-standing account in six the one before."""
    chance = chance_of("before", account.external_id)
    before = all_[chance // 6 % len(all_)]
    handover = started + timedelta(days=120)
    if chance % 6 or before == manager or handover + timedelta(days=60) > today:
        return [TeamSeat(account=account, role=TeamRole.CSM, member=manager, started_on=started)]
    return [
        TeamSeat(account=account, role=TeamRole.CSM, member=before, started_on=started, ended_on=handover),
        TeamSeat(account=account, role=TeamRole.CSM, member=manager, started_on=handover),
    ]
