from django.urls import URLPattern, URLResolver, path

from evergrow.web import views
from evergrow.web.home.view import home

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("search/", views.search, name="search"),
    path("kit/", views.kit, name="kit"),
]
