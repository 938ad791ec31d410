"""The list of saved questions: tabs, search, folder, kind and owner, held in the address."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import get_language, pgettext

from evergrow.insight import kinds
from evergrow.insight.kind import Kind
from evergrow.insight.saved import access, queries
from evergrow.insight.saved.models import SavedQuestion
from evergrow.workspaces.models import Member

TABS = ("all", "mine", "starred", "archived")
CHOSEN = ("q", "folder", "kind", "owner")


@dataclass(frozen=True, slots=True)
class State:
    """What the address chooses; "" is no choice."""

    tab: str = "all"
    q: str = ""
    folder: str = ""
    kind: str = ""
    owner: str = ""

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) for name in CHOSEN)

    def query(self, **changed: str) -> str:
        """The query string with these choices changed."""
        state = replace(self, **changed)
        pairs = [("tab", "" if state.tab == "all" else state.tab), *((name, getattr(state, name)) for name in CHOSEN)]
        return urlencode([pair for pair in pairs if pair[1]])


@dataclass(frozen=True, slots=True)
class Row:
    """A saved question with its kind (None where that is not known any more) and the reader's star."""

    saved: SavedQuestion
    kind: Kind | None
    is_starred: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: str
    query: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """``rows`` as chosen, pinned ones first, then starred ones, then by name; and what there is to choose from."""

    rows: Sequence[Row]
    tabs: Sequence[Tab]
    folders: Sequence[tuple[str, int]]
    kinds: Sequence[Kind]
    owners: Sequence[Member]
    total: int


def parse(query: Mapping[str, str]) -> State:
    """The state in an address; what is not known is left out."""
    tab = query.get("tab", "all")
    chosen = {name: query.get(name, "").strip()[:120] for name in CHOSEN}
    return State(tab=tab if tab in TABS else "all", **chosen)


def shelf(member: Member, state: State) -> Shelf:
    """What a member may see, as the state chooses."""
    language = get_language() or "en"
    every = list(access.visible(member))
    stars = queries.starred(member, every)
    by_key = {kind.key: kind for kind in kinds.KINDS}
    rows = [Row(saved, by_key.get(saved.kind), saved.pk in stars, access.may_edit(member, saved)) for saved in every]
    tests: dict[str, Callable[[Row], bool]] = {
        "all": lambda row: not row.saved.is_archived,
        "mine": lambda row: not row.saved.is_archived and row.saved.owner_id == member.pk,
        "starred": lambda row: not row.saved.is_archived and row.is_starred,
        "archived": lambda row: row.saved.is_archived,
    }
    here = [row for row in rows if tests[state.tab](row)]
    owners = {row.saved.owner_id: row.saved.owner for row in here if row.saved.owner}
    return Shelf(
        rows=sorted(filter(_fits(state), here), key=lambda row: _place(row, language)),
        tabs=[
            Tab(key, _label(key), state.query(tab=key), key == state.tab, sum(map(tests[key], rows))) for key in TABS
        ],
        folders=sorted(Counter(row.saved.folder for row in here if row.saved.folder).items()),
        kinds=[kind for kind in kinds.KINDS if any(row.kind is kind for row in here)],
        owners=sorted((owner for owner in owners.values() if owner), key=str),
        total=len(here),
    )


def _fits(state: State) -> Callable[[Row], bool]:
    words = state.q.lower().split()

    def fits(row: Row) -> bool:
        saved = row.saved
        told = " ".join([*saved.words().values(), saved.folder]).lower()
        return (
            all(word in told for word in words)
            and state.folder in ("", saved.folder)
            and state.kind in ("", saved.kind)
            and state.owner in ("", str(saved.owner_id))
        )

    return fits


def _place(row: Row, language: str) -> tuple[bool, bool, str]:
    return not row.saved.is_pinned, not row.is_starred, str(row.saved).lower()


def _label(tab: str) -> str:
    return {
        "all": pgettext("saved questions", "All"),
        "mine": pgettext("saved questions", "Mine"),
        "starred": pgettext("saved questions", "Starred"),
        "archived": pgettext("saved questions", "Archived"),
    }[tab]
