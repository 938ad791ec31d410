"""The operations of this room."""

from evergrow.insight.api import events, saved, trend

routers = [trend.router, saved.router, events.router]
