"""The JSON API, put together from the rooms' operations. Mounted at ``/api/v1/``."""

from django.urls import path

from evergrow.customers.api import routers as customers
from evergrow.workspaces.api import Api
from evergrow.workspaces.api.docs import views
from evergrow.workspaces.api.workspace import router as workspaces

ROUTERS = [workspaces, *customers]

api = Api()
for router in ROUTERS:
    api.add_router("", router)
openapi, docs = views(api)

urlpatterns = [
    path("openapi.json", openapi, name="api_openapi"),
    path("docs", docs, name="api_docs"),
    path("", api.urls),
]
