"""Messages against the published plan, between reading a segment and storing it.

The drain makes one ``Check`` for a workspace's part of a segment: ``enforce`` says what may go on, ``masked`` makes
refusals ready to be kept, ``record`` counts what went against the plan. Repeating a segment counts nothing twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from evergrow.intake.capture.messages import MAX_MESSAGE, Bad, Message
from evergrow.intake.models.plan import Mode
from evergrow.intake.plan import kinds, rules, violations
from evergrow.intake.plan.definition import MISSING, UNPLANNED_EVENT, UNPLANNED_PROPERTY, EventPlan
from evergrow.intake.plan.violations import Sample, Violation
from evergrow.workspaces.models import Workspace

CHECKED = {"track", "page", "screen"}
# Properties that browser libraries add to page calls by themselves.
OF_PAGES = {"url", "path", "referrer", "title", "search", "name", "category"}
MOST_SAMPLES = 60
MOST_VIOLATIONS = 10_000


class Fault(NamedTuple):
    """What one message did against the plan."""

    kind: str
    property: str = ""
    detail: str = ""


class Check:
    """One workspace's part of a segment, held against the rules that are published now."""

    def __init__(self, workspace: Workspace, segment: str) -> None:
        self.workspace, self.segment = workspace, segment
        self.rules = rules.of(workspace)
        self.flagged: set[int] = set()  # positions of messages that go on although they went against the plan
        self._counts: dict[tuple[str, int, str, str, str], int] = {}
        self._samples: dict[tuple[str, str, str], list[Sample]] = {}
        self._sent: violations.Sent = {}

    def enforce(self, messages: list[Message]) -> tuple[list[Message], list[Bad]]:
        """The messages that are stored, without what may not be stored, and those that the plan refuses."""
        good, bad = (messages, []) if self.rules.checks_nothing else self._checked(messages)
        if not self.rules.hides_nothing:
            for message in good:
                self._screen(message)
        self._sent = violations.kinds_sent(violations.some_of(good))
        return good, bad

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be checked or hidden."""
        return self.rules.is_idle

    def look_at(self, some: Iterable[Message]) -> None:
        """Note the kinds of values in messages that are stored without a check."""
        for key, bits in violations.kinds_sent(some).items():
            self._sent[key] = self._sent.get(key, 0) | bits

    def masked(self, bad: list[Bad]) -> list[Bad]:
        """Refusals without what may not be stored."""
        if self.rules.hides_nothing:
            return bad
        strictest = self.rules.strictest()
        for each in bad:
            event = each.envelope.get("event")
            screen = self.rules.screen_of(event) if event else strictest
            each.raw, each.detail = screen.raw(each.raw)[:MAX_MESSAGE], screen.detail(each.detail)
        return bad

    def record(self) -> None:
        """Count the violations, keep a few messages of each, and note what kinds of values clients send.

        Raises ``warehouse.StoreUnavailable``; then the segment is repeated.
        """
        samples = [sample for found in self._samples.values() for sample in found]
        violations.store(self.workspace, self._counted(), samples, self.segment)
        violations.note_kinds(self.workspace, self._sent)

    def _checked(self, messages: list[Message]) -> tuple[list[Message], list[Bad]]:
        good: list[Message] = []
        bad: list[Bad] = []
        everywhere = self.rules.everywhere
        for message in messages:
            if message.type not in CHECKED:
                good.append(message)
                continue
            plan = self.rules.events.get(message.event)
            if plan is None:
                refused = self._unplanned(message, everywhere.unplanned_events)
            elif plan.mode == Mode.KEEP:
                refused = None
            else:
                refused = self._against(plan, message)
            if refused is None:
                good.append(message)
            else:
                bad.append(refused)
        return good, bad

    def _unplanned(self, message: Message, mode: str) -> Bad | None:
        """An event without a plan; names that begin with $ are made by libraries, not by anybody's choice."""
        if mode == Mode.KEEP or message.event.startswith("$"):
            return None
        fault = Fault(UNPLANNED_EVENT)
        self._note(message, fault, mode)
        return self._refused(message, fault) if mode == Mode.BLOCK else None

    def _against(self, plan: EventPlan, message: Message) -> Bad | None:
        given = message.raw.get("properties")
        given = given if isinstance(given, dict) else {}
        found = list(_faults(plan, message, given))
        for fault in found:
            self._note(message, fault, plan.mode)
        mode = plan.unplanned or self.rules.everywhere.unplanned_properties
        if mode != Mode.KEEP:
            for name in _unplanned(plan, message, given):
                self._note(message, Fault(UNPLANNED_PROPERTY, name), mode)
                if mode == Mode.BLOCK:
                    message.properties.pop(name, None)
        return self._refused(message, found[0]) if found and plan.mode == Mode.BLOCK else None

    def _note(self, message: Message, fault: Fault, act: str) -> None:
        self.flagged.add(message.position)
        key = (message.event, message.at // violations.QUARTER, fault.property, fault.kind, act)
        before = self._counts.get(key)
        if before is None and len(self._counts) >= MOST_VIOLATIONS:
            key = (message.event, message.at // violations.QUARTER, "", fault.kind, act)
            before = self._counts.get(key)
        self._counts[key] = 1 if before is None else before + 1
        if before is None or before < violations.SAMPLES:
            self._keep_sample(message, fault, act)

    def _keep_sample(self, message: Message, fault: Fault, act: str) -> None:
        kept = self._samples.get(key := (message.event, fault.property, fault.kind))
        if kept is None:
            if len(self._samples) >= MOST_SAMPLES:
                return
            kept = self._samples[key] = []
        if len(kept) < violations.SAMPLES:
            screen = self.rules.screen_of(message.event)
            shown = _dumped(message.item if screen.is_idle else screen.message(message.item))
            kept.append(Sample(*key, act, fault.detail, shown, message.source, message.received, message.message_id))

    def _counted(self) -> Counter[Violation]:
        found: Counter[Violation] = Counter()
        for (event, quarter, name, kind, act), times in self._counts.items():
            day = violations.day_of(quarter, self.workspace)
            found[Violation(event, day, name[:200], kind, act)] += times
        return found

    def _refused(self, message: Message, fault: Fault) -> Bad:
        self.flagged.discard(message.position)
        detail = f"{fault.property}: {fault.detail}" if fault.detail else fault.property or message.event
        return Bad(
            position=message.position,
            code=f"plan_{fault.kind}",
            detail=detail,
            raw=_dumped(message.item).encode()[:MAX_MESSAGE],
            source=message.source,
            key_id=message.key_id,
            received=message.received,
            envelope={**message.envelope, "event": message.event, "property": fault.property},
        )

    def _screen(self, message: Message) -> None:
        screen = self.rules.screen_of(message.event)
        if screen.is_idle:
            return
        message.properties = screen.properties(message.properties)
        if screen.names_any:
            message.traits = screen.traits(message.traits)
            if message.profile:
                message.profile = screen.profile(message.profile)


def enforce(workspace: Workspace, messages: list[Message]) -> tuple[list[Message], list[Bad]]:
    """Messages held against the plan without counting anything: those that would be stored, and those refused."""
    return Check(workspace, "").enforce(messages)


def _faults(plan: EventPlan, message: Message, given: dict[str, Any]) -> Iterator[Fault]:
    for name, rule in plan.properties.items():
        value = given.get(name)
        if value is None and (text := message.properties.get(name)) is not None:
            value = text if rule.type in (kinds.ANY, "text", "datetime") else kinds.of_text(text)
        if value is None:
            if rule.required:
                yield Fault(MISSING, name)
        elif kind := rule.fault(value):
            detail = ", ".join(kinds.names(kinds.bit_of(value))) if kind == "wrong_type" else ""
            yield Fault(kind, name, detail)


def _unplanned(plan: EventPlan, message: Message, given: dict[str, Any]) -> Iterator[str]:
    added = OF_PAGES if message.type != "track" else ()
    for name, value in given.items():
        if value is not None and name not in plan.properties and not name.startswith("$") and name not in added:
            yield name


def _dumped(item: Any) -> str:
    try:
        return orjson.dumps(item).decode()
    except orjson.JSONEncodeError:  # nested deeper than can be written again
        return f'"{type(item).__name__}"'
