"""The operations of this room."""

from evergrow.insight.api import events, retention, trend

routers = [trend.router, retention.router, events.router]
