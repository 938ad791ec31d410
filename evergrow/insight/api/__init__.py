"""The operations of this room."""

from evergrow.insight.api import engagement, events, lifecycle, stickiness, trend

routers = [
    trend.router,
    lifecycle.router,
    stickiness.router,
    engagement.router,
    events.router,
]
