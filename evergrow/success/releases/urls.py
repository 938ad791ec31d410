from django.urls import URLPattern, path

from evergrow.success.releases import views

urlpatterns: list[URLPattern] = [
    path("product-versions/", views.versions, name="product_versions"),
    path("product-versions/new/", views.new, name="new_product_version"),
    path("product-versions/<int:pk>/", views.version, name="product_version"),
    path("product-versions/<int:pk>/edit/", views.edit, name="edit_product_version"),
    path("product-versions/<int:pk>/moves/", views.move, name="move_product_version"),
]
