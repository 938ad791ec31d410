"""Lines to copy for each client, with this server's address and the write key in them.

A client is offered once the door listens at the address it sends to.
"""

from dataclasses import dataclass, replace
from typing import Literal

from evergrow.intake.capture.formats import ROUTES

KEY = "YOUR_WRITE_KEY"
BASE = "https://YOUR_EVERGROW"

Runner = Literal["python", "node", "shell", "page", ""]


@dataclass(frozen=True, slots=True)
class Client:
    """``address`` is where it sends. ``runner`` is what the lines are run with in tests; "" only in a bundler."""

    key: str
    group: str
    name: str
    address: str
    code: str
    install: str = ""
    runner: Runner = ""

    @property
    def title(self) -> str:
        return f"{self.group} {self.name}".strip()

    def filled(self, base: str, key: str = KEY) -> "Client":
        """With a server's address and a key in its lines."""
        return replace(
            self,
            code=self.code.replace(KEY, key).replace(BASE, base),
            install=self.install.replace(KEY, key).replace(BASE, base),
        )


SCRIPT = """<script async src="https://YOUR_EVERGROW/evergrow.js" data-key="YOUR_WRITE_KEY"></script>"""
CALLS = """window.evergrow = window.evergrow || []
evergrow.push(["identify", "user-1", { name: "韩梅梅", email: "mei@example.com" }])
evergrow.push(["group", "account-1", { name: "Yunke" }])
evergrow.push(["track", "login", { plan: "pro" }])"""
CURL = """curl -u YOUR_WRITE_KEY: https://YOUR_EVERGROW/v1/track -H "Content-Type: application/json" \\
  -d '{"userId": "user-1", "event": "login", "context": {"groupId": "account-1"}}'"""
SEGMENT_PYTHON = """from segment.analytics.client import Client

evergrow = Client("YOUR_WRITE_KEY", host="https://YOUR_EVERGROW")
evergrow.identify("user-1", {"name": "韩梅梅", "email": "mei@example.com"})
evergrow.group("user-1", "account-1", {"name": "Yunke"})
evergrow.track("user-1", "login", {"plan": "pro"})
evergrow.shutdown()"""
SEGMENT_NODE = """import { Analytics } from "@segment/analytics-node"

const evergrow = new Analytics({ writeKey: "YOUR_WRITE_KEY", host: "https://YOUR_EVERGROW" })
evergrow.identify({ userId: "user-1", traits: { name: "韩梅梅", email: "mei@example.com" } })
evergrow.group({ userId: "user-1", groupId: "account-1", traits: { name: "Yunke" } })
evergrow.track({ userId: "user-1", event: "login", properties: { plan: "pro" } })
await evergrow.closeAndFlush()"""
SEGMENT_BROWSER = """import { AnalyticsBrowser } from "@segment/analytics-next"

const evergrow = AnalyticsBrowser.load({ writeKey: "YOUR_WRITE_KEY", cdnURL: "https://YOUR_EVERGROW" })
evergrow.page()
evergrow.identify("user-1", { name: "韩梅梅", email: "mei@example.com" })
evergrow.group("account-1", { name: "Yunke" })
evergrow.track("login", { plan: "pro" })"""
RUDDER_PYTHON = """from rudderstack.analytics.client import Client

evergrow = Client("YOUR_WRITE_KEY", host="https://YOUR_EVERGROW")
evergrow.identify("user-1", {"name": "韩梅梅", "email": "mei@example.com"})
evergrow.group("user-1", "account-1", {"name": "Yunke"})
evergrow.track("user-1", "login", {"plan": "pro"})
evergrow.shutdown()"""
RUDDER_NODE = """import RudderAnalytics from "@rudderstack/rudder-sdk-node"

const Client = RudderAnalytics.default ?? RudderAnalytics
const evergrow = new Client("YOUR_WRITE_KEY", { dataPlaneUrl: "https://YOUR_EVERGROW" })
evergrow.identify({ userId: "user-1", traits: { name: "韩梅梅", email: "mei@example.com" } })
evergrow.group({ userId: "user-1", groupId: "account-1", traits: { name: "Yunke" } })
evergrow.track({ userId: "user-1", event: "login", properties: { plan: "pro" } })
await evergrow.flush()"""
RUDDER_BROWSER = """import { RudderAnalytics } from "@rudderstack/analytics-js"

const evergrow = new RudderAnalytics()
evergrow.load("YOUR_WRITE_KEY", "https://YOUR_EVERGROW", { configUrl: "https://YOUR_EVERGROW" })
evergrow.page()
evergrow.identify("user-1", { name: "韩梅梅", email: "mei@example.com" })
evergrow.group("account-1", { name: "Yunke" })
evergrow.track("login", { plan: "pro" })"""
POSTHOG_PYTHON = """from posthog import Posthog

evergrow = Posthog("YOUR_WRITE_KEY", host="https://YOUR_EVERGROW")
evergrow.group_identify("company", "account-1", {"name": "Yunke"})
evergrow.capture(
    "login",
    distinct_id="user-1",
    properties={"plan": "pro", "$set": {"name": "韩梅梅", "email": "mei@example.com"}},
    groups={"company": "account-1"},
)
evergrow.shutdown()"""
POSTHOG_NODE = """import { PostHog } from "posthog-node"

const evergrow = new PostHog("YOUR_WRITE_KEY", { host: "https://YOUR_EVERGROW" })
evergrow.identify({ distinctId: "user-1", properties: { name: "韩梅梅", email: "mei@example.com" } })
evergrow.groupIdentify({ groupType: "company", groupKey: "account-1", properties: { name: "Yunke" } })
evergrow.capture({
  distinctId: "user-1",
  event: "login",
  properties: { plan: "pro" },
  groups: { company: "account-1" },
})
await evergrow.shutdown()"""
POSTHOG_BROWSER = """import posthog from "posthog-js"

posthog.init("YOUR_WRITE_KEY", { api_host: "https://YOUR_EVERGROW", person_profiles: "identified_only" })
posthog.identify("user-1", { name: "韩梅梅", email: "mei@example.com" })
posthog.group("company", "account-1", { name: "Yunke" })
posthog.capture("login", { plan: "pro" })"""
SENSORS_PYTHON = """import sensorsanalytics

consumer = sensorsanalytics.BatchConsumer("https://YOUR_EVERGROW/sa?project=YOUR_WRITE_KEY")
evergrow = sensorsanalytics.SensorsAnalytics(consumer)
evergrow.profile_set("user-1", {"name": "韩梅梅", "email": "mei@example.com"}, is_login_id=True)
evergrow.track("user-1", "login", {"plan": "pro", "company_id": "account-1"}, is_login_id=True)
evergrow.close()"""
SENSORS_BROWSER = """import sensors from "sa-sdk-javascript"

sensors.init({ server_url: "https://YOUR_EVERGROW/sa?project=YOUR_WRITE_KEY", send_type: "beacon" })
sensors.login("user-1")
sensors.setProfile({ name: "韩梅梅", email: "mei@example.com" })
sensors.track("login", { plan: "pro", company_id: "account-1" })"""
SNOWPLOW_PYTHON = """from snowplow_tracker import Emitter, SelfDescribingJson, StructuredEvent, Subject, Tracker

who = Subject()
who.set_user_id("user-1")
account = SelfDescribingJson("iglu:com.example/account/jsonschema/1-0-0", {"id": "account-1"})
evergrow = Tracker("product", Emitter("https://YOUR_EVERGROW"), subject=who, app_id="YOUR_WRITE_KEY")
evergrow.track(StructuredEvent("product", "login", property_="pro", context=[account]))
evergrow.flush()"""
AMPLITUDE_PYTHON = """from amplitude import Amplitude, BaseEvent, EventOptions, Identify

evergrow = Amplitude("YOUR_WRITE_KEY")
evergrow.configuration.server_url = "https://YOUR_EVERGROW/2/httpapi"
who = EventOptions(user_id="user-1")
evergrow.identify(Identify().set("name", "韩梅梅").set("email", "mei@example.com"), who)
evergrow.set_group("company", "account-1", who)
evergrow.track(BaseEvent("login", user_id="user-1", event_properties={"plan": "pro"}))
evergrow.shutdown()"""
MIXPANEL_PYTHON = """from mixpanel import Consumer, Mixpanel

consumer = Consumer(
    events_url="https://YOUR_EVERGROW/track",
    people_url="https://YOUR_EVERGROW/engage",
    groups_url="https://YOUR_EVERGROW/groups",
    import_url="https://YOUR_EVERGROW/import",
)
evergrow = Mixpanel("YOUR_WRITE_KEY", consumer=consumer)
evergrow.people_set("user-1", {"name": "韩梅梅", "$email": "mei@example.com"})
evergrow.track("user-1", "login", {"plan": "pro", "company_id": "account-1"})"""
GA4 = """curl "https://YOUR_EVERGROW/mp/collect?measurement_id=G-PRODUCT&api_secret=YOUR_WRITE_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"client_id": "browser-1", "user_id": "user-1",
       "events": [{"name": "login", "params": {"plan": "pro", "group_id": "account-1"}}]}'"""
MATOMO = """curl "https://YOUR_EVERGROW/matomo.php" \\
  -d '{"requests": ["?idsite=1&rec=1&uid=user-1&url=https://www.example.com/&e_c=product&e_a=login"],
       "token_auth": "YOUR_WRITE_KEY"}'"""
CLOUDEVENTS = """curl -u YOUR_WRITE_KEY: https://YOUR_EVERGROW/v1/cloudevents \\
  -H "Content-Type: application/cloudevents+json" \\
  -d '{"specversion": "1.0", "id": "1001", "source": "/crm", "type": "contract.signed",
       "subject": "user-1", "accountid": "account-1", "data": {"plan": "pro"}}'"""
UMAMI = """curl https://YOUR_EVERGROW/api/send -H "Content-Type: application/json" -A "Mozilla/5.0" \\
  -d '{"type": "event", "payload": {"website": "YOUR_WRITE_KEY", "hostname": "www.example.com",
       "url": "/pricing", "name": "login", "data": {"plan": "pro"}}}'"""
PLAUSIBLE = """curl "https://YOUR_EVERGROW/api/event?writeKey=YOUR_WRITE_KEY" \\
  -H "Content-Type: application/json" -A "Mozilla/5.0" \\
  -d '{"name": "login", "domain": "www.example.com", "url": "https://www.example.com/pricing",
       "props": {"plan": "pro"}}'"""

ALL = [
    Client("script", "evergrow.js", "", "/evergrow.js", CALLS, SCRIPT, "page"),
    Client("curl", "curl", "", "/v1/track", CURL, runner="shell"),
    Client(
        "python", "Segment", "Python", "/v1/batch", SEGMENT_PYTHON, "pip install segment-analytics-python", "python"
    ),
    Client("node", "Segment", "Node.js", "/v1/batch", SEGMENT_NODE, "npm install @segment/analytics-node", "node"),
    Client("browser", "Segment", "Browser", "/v1/batch", SEGMENT_BROWSER, "npm install @segment/analytics-next"),
    Client(
        "rudder-python", "RudderStack", "Python", "/pixel/v1/track", RUDDER_PYTHON,
        "pip install rudder-sdk-python", "python",
    ),
    Client(
        "rudder-node", "RudderStack", "Node.js", "/pixel/v1/track", RUDDER_NODE,
        "npm install @rudderstack/rudder-sdk-node", "node",
    ),
    Client(
        "rudder-browser", "RudderStack", "Browser", "/pixel/v1/track", RUDDER_BROWSER,
        "npm install @rudderstack/analytics-js",
    ),
    Client("posthog-python", "PostHog", "Python", "/batch", POSTHOG_PYTHON, "pip install posthog", "python"),
    Client("posthog-node", "PostHog", "Node.js", "/batch", POSTHOG_NODE, "npm install posthog-node", "node"),
    Client("posthog-browser", "PostHog", "Browser", "/batch", POSTHOG_BROWSER, "npm install posthog-js"),
    Client("sensors-python", "神策", "Python", "/sa", SENSORS_PYTHON, "pip install SensorsAnalyticsSDK", "python"),
    Client("sensors-browser", "神策", "JavaScript", "/sa", SENSORS_BROWSER, "npm install sa-sdk-javascript"),
    Client(
        "snowplow-python", "Snowplow", "Python", "/com.snowplowanalytics.snowplow/tp2", SNOWPLOW_PYTHON,
        "pip install snowplow-tracker", "python",
    ),
    Client(
        "amplitude-python", "Amplitude", "Python", "/2/httpapi", AMPLITUDE_PYTHON,
        "pip install amplitude-analytics", "python",
    ),
    Client("mixpanel-python", "Mixpanel", "Python", "/track", MIXPANEL_PYTHON, "pip install mixpanel", "python"),
    Client("ga4", "GA4", "Measurement Protocol", "/mp/collect", GA4, runner="shell"),
    Client("matomo", "Matomo", "", "/matomo.php", MATOMO, runner="shell"),
    Client("cloudevents", "CloudEvents", "", "/v1/cloudevents", CLOUDEVENTS, runner="shell"),
    Client("umami", "Umami", "", "/api/send", UMAMI, runner="shell"),
    Client("plausible", "Plausible", "", "/api/event", PLAUSIBLE, runner="shell"),
]  # fmt: skip


def offered() -> list[Client]:
    """The clients whose words the door understands."""
    return [each for each in ALL if ROUTES.find(each.address) is not None]


def filled(base: str, key: str = "") -> list[Client]:
    """The offered clients with a server's address, and the key where it is known."""
    return [each.filled(base, key or KEY) for each in offered()]


def by_group(clients: list[Client]) -> dict[str, list[Client]]:
    """The clients under the product they come from."""
    found: dict[str, list[Client]] = {}
    for each in clients:
        found.setdefault(each.group, []).append(each)
    return found
