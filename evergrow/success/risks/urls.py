from django.urls import path

from evergrow.success.risks import rescue_views, views

patterns = [
    path("risks/", views.risks, name="risks"),
    path("risks/new/", views.new_risk, name="new_risk"),
    path("risks/matrix/", views.risk_matrix, name="risk_matrix"),
    path("risks/<int:risk>/", views.risk, name="risk"),
    path("risks/<int:risk>/change/", views.change_risk, name="change_risk"),
    path("risks/<int:risk>/moves/", views.move_risk, name="move_risk"),
    path("rescues/", rescue_views.rescues, name="rescues"),
    path("rescues/new/", rescue_views.new_rescue, name="new_rescue"),
    path("rescues/<int:rescue>/", rescue_views.rescue, name="rescue"),
    path("rescues/<int:rescue>/moves/", rescue_views.move_rescue, name="move_rescue"),
]
