"""The operations of this room."""

from evergrow.insight.api import engagement, events, lifecycle, retention, stickiness, trend

routers = [
    trend.router,
    retention.router,
    lifecycle.router,
    stickiness.router,
    engagement.router,
    events.router,
]
