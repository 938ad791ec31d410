"""What the messages of a segment say about ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evergrow.customers.identity.kinds import Rule, claims, email
from evergrow.customers.identity.ownership import FIRST
from evergrow.intake.capture.messages import Message
from evergrow.intake.capture.who import Id, Kind

SIGNS = frozenset(("identify", "alias"))
DAY = 86_400_000


def moment(message: Message) -> int:
    """When a message was, in microseconds; messages of one request at one time in the order they stand in."""
    return message.at * 1000 + min(message.offset, 999)


@dataclass(slots=True)
class Said:
    """Who is spoken of, and what about them. ``pairs`` are anonymous ids with users: the first time together."""

    users: set[str] = field(default_factory=set)
    anonymous: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    signs: dict[tuple[str, str, int], int] = field(default_factory=dict)
    aliases: list[tuple[str, Message]] = field(default_factory=list)
    claims: dict[tuple[Id, Id], int] = field(default_factory=dict)

    def pair(self, anonymous: str, user: str, at: int) -> None:
        known = self.pairs.get((anonymous, user))
        if known is None or at < known:
            self.pairs[anonymous, user] = at

    def sign(self, anonymous: str, user: str, message: Message) -> None:
        at, key = moment(message), (anonymous, user, max(message.at // DAY, 1))
        self.signs[key] = min(at, self.signs.get(key, at))

    def claim(self, claimant: Id, claimed: Id, at: int) -> None:
        key = claimant, claimed
        self.claims[key] = min(at, self.claims.get(key, at))


def hear(messages: Sequence[Message], rules: Mapping[str, Rule]) -> Said:
    """Listen to all messages of a segment."""
    said = Said()
    ids = {(message.user, message.anonymous, message.group) for message in messages}
    said.users = {user for user, _, _ in ids} - {""}
    said.anonymous = {anonymous for _, anonymous, _ in ids} - {""}
    said.groups = {group for _, _, group in ids}
    for message in messages:
        if message.user and message.anonymous:
            said.pair(message.anonymous, message.user, moment(message))
        if message.type in SIGNS or message.profile is not None:
            _learn(said, message, rules)
    for user in said.users:
        if "@" in user and (address := email(user)):
            said.claim((Kind.USER, user), (Kind.EMAIL, address), FIRST)
    return said


def _learn(said: Said, message: Message, rules: Mapping[str, Rule]) -> None:
    user, anonymous = message.user, message.anonymous
    if message.type in SIGNS and user and anonymous:
        said.sign(anonymous, user, message)
    if message.type == "alias":
        said.aliases.append((message.previous, message))
        if user:
            said.pair(message.previous, user, moment(message))
            said.sign(message.previous, user, message)
    traits = dict(message.traits) if message.type == "identify" else {}
    if message.profile:
        traits = message.profile.get("once", {}) | message.profile.get("set", {}) | traits
    if traits and (user or anonymous):
        claimant = (Kind.USER, user) if user else (Kind.ANONYMOUS, anonymous)
        for claimed in claims(rules, traits):
            said.claim(claimant, claimed, moment(message))
