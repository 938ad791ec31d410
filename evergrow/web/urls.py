from django.urls import URLPattern, URLResolver, path

from evergrow.web import views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", views.search, name="search"),
    path("kit/", views.kit, name="kit"),
]
