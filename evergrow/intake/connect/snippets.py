"""Lines to copy for each client, with this server's address in them."""

from typing import NamedTuple

KEY = "YOUR_WRITE_KEY"


class Snippet(NamedTuple):
    """How one client is installed and used."""

    key: str
    name: str
    install: str
    code: str


SCRIPT = """<script async src="{base}/evergrow.js" data-key="{key}"></script>"""
CALLS = """window.evergrow = window.evergrow || []
evergrow.push(["identify", "user-1", {{ name: "韩梅梅", email: "mei@example.com" }}])
evergrow.push(["group", "account-1", {{ name: "Yunke" }}])
evergrow.push(["track", "login", {{ plan: "pro" }}])"""
PYTHON = """from segment.analytics.client import Client

evergrow = Client("{key}", host="{base}")
evergrow.identify("user-1", {{"name": "韩梅梅", "email": "mei@example.com"}})
evergrow.group("user-1", "account-1", {{"name": "Yunke"}})
evergrow.track("user-1", "login", {{"plan": "pro"}})
evergrow.shutdown()"""
NODE = """import {{ Analytics }} from "@segment/analytics-node"

const evergrow = new Analytics({{ writeKey: "{key}", host: "{base}" }})
evergrow.identify({{ userId: "user-1", traits: {{ name: "韩梅梅", email: "mei@example.com" }} }})
evergrow.group({{ userId: "user-1", groupId: "account-1", traits: {{ name: "Yunke" }} }})
evergrow.track({{ userId: "user-1", event: "login", properties: {{ plan: "pro" }} }})
await evergrow.closeAndFlush()"""
BROWSER = """import {{ AnalyticsBrowser }} from "@segment/analytics-next"

const evergrow = AnalyticsBrowser.load({{ writeKey: "{key}", cdnURL: "{base}" }})
evergrow.page()
evergrow.identify("user-1", {{ name: "韩梅梅", email: "mei@example.com" }})
evergrow.group("account-1", {{ name: "Yunke" }})
evergrow.track("login", {{ plan: "pro" }})"""
CURL = """curl -u {key}: {base}/v1/track -H "Content-Type: application/json" \\
  -d '{{"userId": "user-1", "event": "login", "context": {{"groupId": "account-1"}}}}'"""

CLIENTS = [
    Snippet("script", "evergrow.js", SCRIPT, CALLS),
    Snippet("python", "Python", "pip install segment-analytics-python", PYTHON),
    Snippet("node", "Node.js", "npm install @segment/analytics-node", NODE),
    Snippet("browser", "Browser", "npm install @segment/analytics-next", BROWSER),
    Snippet("curl", "curl", "", CURL),
]


def snippet(client: str, base: str) -> Snippet:
    """The lines of a client (the first one where it is unknown), sending to ``base``."""
    found = next((each for each in CLIENTS if each.key == client), CLIENTS[0])
    given = {"key": KEY, "base": base}
    return found._replace(install=found.install.format(**given), code=found.code.format(**given))
