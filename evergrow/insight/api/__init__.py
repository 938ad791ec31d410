"""The operations of this room."""

from evergrow.insight.api import events, trend

routers = [trend.router, events.router]
