"""The JSON API, put together from the rooms' operations. Mounted at ``/api/v1/``."""

from django.urls import path

from evergrow import warehouse
from evergrow.api_words import CHINESE
from evergrow.customers.api import routers as customers
from evergrow.health.api import router as health
from evergrow.health.api_judging import router as judging
from evergrow.health.backtest.api import router as backtests
from evergrow.health.lines.api import router as lines
from evergrow.health.money.api import router as money
from evergrow.health.risk.api import router as risk
from evergrow.health.standing.api import router as standing
from evergrow.health.surveys.api import router as surveys
from evergrow.health.value.api import router as value
from evergrow.health.weekly.api import router as weekly
from evergrow.insight.api import routers as insight
from evergrow.intake.api import router as intake
from evergrow.intake.plan.api import router as tracking_plan
from evergrow.success.api import routers as success
from evergrow.workspaces.api import Api, refusal
from evergrow.workspaces.api.absences import router as absences
from evergrow.workspaces.api.docs import views
from evergrow.workspaces.api.notices import router as notices
from evergrow.workspaces.api.working_days import router as working_days
from evergrow.workspaces.api.workspace import router as workspaces

ROUTERS = [
    workspaces, *customers, *success, health, judging, backtests, weekly, standing, surveys, lines, money, value, risk,
    *insight, intake, tracking_plan, notices, absences,
    working_days,
]  # fmt: skip

refusal(warehouse.StoreUnavailable, 503)

api = Api()
for router in ROUTERS:
    api.add_router("", router)
openapi, docs = views(api, CHINESE)

urlpatterns = [
    path("openapi.json", openapi, name="api_openapi"),
    path("docs", docs, name="api_docs"),
    path("", api.urls),
]
