"""The operations of this room."""

from evergrow.insight.api import events, funnel, trend

routers = [trend.router, funnel.router, events.router]
