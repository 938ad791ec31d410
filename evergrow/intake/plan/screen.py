"""What of a message may be stored: names that are left out, values that are masked. Applied before anything is written.

Properties are masked by what they look like and by their names; traits by their names alone, because a person is known
by their email; ids never, for the same reason. A message that is refused is kept as it came, so there the screen
looks through it whole.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from evergrow.intake.plan.definition import Privacy
from evergrow.intake.plan.masking import Masker, covered

# Where formats keep what is known of a person, and who it is: left alone, but for names that are listed. Within
# properties only names that no developer makes up stand for these.
TRAITS = {"traits", "$set", "$set_once", "user_properties", "userProperties", "profile", "$add", "$append", "$union"}
IDS = {
    "userId", "anonymousId", "previousId", "groupId", "messageId", "user_id", "device_id", "anonymous_id",
    "distinct_id", "$distinct_id", "original_id", "login_id", "client_id", "insert_id", "$insert_id", "$user_id",
    "$device_id", "$anon_distinct_id", "event", "type",
}  # fmt: skip
ENVELOPE = IDS | {"uuid", "uid", "duid", "_id", "id", "alias"}
IDS_WITHIN = {"distinct_id", "$distinct_id", "$insert_id", "$user_id", "$device_id", "$anon_distinct_id"}
CONTAINERS = {"properties", "event_properties", "eventProperties", "params", "data", "props"}
PACKED = re.compile(r"[A-Za-z0-9+/_\-]{16,}={0,2}")
UNREADABLE = re.compile(r"[A-Za-z0-9+/=_%\-]{200,}")
WRITTEN = re.compile(
    r"""(?P<before>"(?P<name>[^"\\]*)"\s*:\s*|\b(?P<field>[\w$.\-]{1,200})\s*[:=]\s*)"""
    r"""(?:"(?:[^"\\]|\\.)*"?|[^,&{}\[\]\s"]*)"""
)
DEEPEST = 40
SHORTEST = 5
MOST_KNOWN = 5_000
AS_TEXT, NESTED, WITHOUT_IP, COVERED, HASHED, LEFT_OUT = "text", "nested", "no_ip", "mask", "hash", "deny"
REMOVED = "[removed]"


@dataclass(frozen=True, slots=True)
class Screen:
    """The privacy rules that hold for an event, ready to be applied."""

    masker: Masker
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    mask: frozenset[str] = frozenset()
    hash: frozenset[str] = frozenset()
    _known: dict[str, tuple[str, str]] = field(default_factory=dict, compare=False)

    @property
    def is_idle(self) -> bool:
        return self.masker.is_idle and not (self.allow or self.names_any)

    @property
    def names_any(self) -> bool:
        """Whether names are listed that hold for traits too."""
        return bool(self.deny or self.mask or self.hash)

    def joined(self, more: Privacy) -> "Screen":
        """With the lists of an event: what it allows takes the place of what is allowed everywhere."""
        return replace(
            self,
            allow=frozenset(more.allow) or self.allow,
            deny=self.deny.union(more.deny),
            mask=self.mask.union(more.mask),
            hash=self.hash.union(more.hash),
            _known={},
        )

    def properties(self, given: dict[str, str]) -> dict[str, str]:
        """The properties that may be stored, as they may be stored."""
        found: dict[str, str] = {}
        for name, value in given.items():
            shown_name, way = self._known.get(name) or self._learned(name)
            if way == AS_TEXT:
                shown = self.masker.text(value) if len(value) >= SHORTEST else value
            elif way == LEFT_OUT:
                continue
            else:
                shown = self._value(way, value)
            if shown or not value:
                found[shown_name] = shown
        return found

    def traits(self, given: dict[str, Any]) -> dict[str, Any]:
        """The traits that may be stored; only names that are listed change."""
        return {name: self._listed(name, value) for name, value in given.items() if name not in self.deny}

    def profile(self, given: dict[str, Any]) -> dict[str, Any]:
        """What a message teaches about its person, step by step."""
        return {step: self.traits(part) if isinstance(part, dict) else part for step, part in given.items()}

    def raw(self, body: bytes) -> bytes:
        """A message as it came, with the same things gone; what cannot be read as JSON is masked as text."""
        if self.is_idle:
            return body
        try:
            return orjson.dumps(self.message(orjson.loads(body)))
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return self._unread(body.decode("utf-8", "replace")).encode()

    def message(self, node: Any) -> Any:
        """The same for a message that was read."""
        return self._walked(node, "", 0, is_trait=False, within=False)

    def detail(self, text: str) -> str:
        """A sentence about a message."""
        return self.masker.text(text)

    def _learned(self, name: str) -> tuple[str, str]:
        """The name as it is stored and what is done with its values; remembered, because names repeat."""
        if name in self.deny or (self.allow and name not in self.allow):
            way = LEFT_OUT
        elif name in self.mask:
            way = COVERED
        elif name in self.hash:
            way = HASHED
        elif "version" in name.lower():
            way = WITHOUT_IP
        else:
            way = NESTED if self.names_any else AS_TEXT
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        known = self._known[name] = self._named(name), way
        return known

    def _value(self, way: str, value: str) -> str:
        if way == COVERED:
            return covered(value)
        if way == HASHED:
            return self.masker.hashed("value", value)
        shown = self.masker.text(value, with_ip=way != WITHOUT_IP) if len(value) >= SHORTEST else value
        return self._unnested(shown) if self.names_any and shown[:1] in ("{", "[") else shown

    def _unnested(self, text: str) -> str:
        """A list or an object as JSON, without the listed names within it."""
        try:
            return orjson.dumps(self._unlisted(orjson.loads(text))).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            return self._unwritten(text)

    def _unlisted(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._unlisted(each) for each in node]
        if isinstance(node, dict):
            kept = {name: value for name, value in node.items() if name not in self.deny}
            return {name: self._listed(name, self._unlisted(value)) for name, value in kept.items()}
        return node

    def _named(self, name: str) -> str:
        return self.masker.text(name) if "@" in name or "%40" in name else name

    def _listed(self, name: str, value: Any) -> Any:
        if name not in self.mask and name not in self.hash:
            return value
        if not isinstance(value, str):
            try:
                value = orjson.dumps(value).decode()
            except orjson.JSONEncodeError:  # nested deeper than can be written again
                return REMOVED
        return covered(value) if name in self.mask else self.masker.hashed("value", value)

    def _walked(self, node: Any, name: str, depth: int, *, is_trait: bool, within: bool) -> Any:
        if depth > DEEPEST:
            return REMOVED
        if isinstance(node, dict):
            return self._object(node, name, depth, is_trait=is_trait, within=within)
        if isinstance(node, list):
            return [self._walked(each, name, depth + 1, is_trait=is_trait, within=within) for each in node]
        if is_trait or isinstance(node, bool) or node is None:
            return node
        if isinstance(node, str):
            return self._packed(node, depth) or self.masker.text(node, with_ip="version" not in name.lower())
        text = str(node)
        shown = self.masker.text(text, with_ip=False)
        return node if shown == text else shown

    def _object(self, node: dict[str, Any], name: str, depth: int, *, is_trait: bool, within: bool) -> dict[str, Any]:
        within = within or name in CONTAINERS
        only = self.allow if name in CONTAINERS else frozenset()
        ids = ENVELOPE if depth == 0 else IDS_WITHIN if within else IDS
        found: dict[str, Any] = {}
        for key, value in node.items():
            if depth == 0 and key in ids and not isinstance(value, dict | list):
                found[key] = value
            elif key in self.deny or (only and key not in only and key not in ids):
                continue
            elif key in self.mask or key in self.hash:
                found[key] = self._listed(key, value)
            elif key in ids and not isinstance(value, dict | list):
                found[key] = value
            else:
                is_inner = is_trait or (key in TRAITS and (not within or key.startswith("$")))
                shown = self._walked(value, key, depth + 1, is_trait=is_inner, within=within)
                found[key if is_inner else self._named(key)] = shown
        return found

    def _packed(self, text: str, depth: int) -> str:
        """A text that is JSON in base64 (as some trackers send it), looked through and packed again; else empty."""
        if not PACKED.fullmatch(text):
            return ""
        try:
            inner = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if set(text) & {"-", "_"} else None)
            found = orjson.loads(inner) if inner[:1] in (b"{", b"[") else None
        except (ValueError, binascii.Error):
            return ""
        if found is None:
            return ""
        return base64.urlsafe_b64encode(
            orjson.dumps(self._walked(found, "", depth + 1, is_trait=False, within=False))
        ).decode()

    def _unread(self, text: str) -> str:
        """A body that is no JSON: masked as text, listed names by how they are written, long unreadable runs gone."""
        return self._unwritten(self.masker.text(UNREADABLE.sub(REMOVED, text)))

    def _unwritten(self, text: str) -> str:
        """Text without the values of listed names, where they are written as JSON or as a form's fields."""
        names = self.deny | self.mask | self.hash

        def shown(found: re.Match[str]) -> str:
            name = found["name"] or found["field"]
            return found["before"] + REMOVED if name in names else found[0]

        return WRITTEN.sub(shown, text) if names else text
