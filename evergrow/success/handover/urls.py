from django.urls import URLPattern, path

from evergrow.success.handover import views

urlpatterns: list[URLPattern] = [
    path("handovers/", views.hand_overs, name="hand_overs"),
    path("handovers/new/", views.new, name="hand_over_new"),
    path("handovers/checklist/", views.lines, name="hand_over_lines"),
    path("handovers/<int:pk>/", views.hand_over, name="hand_over"),
    path("handovers/<int:pk>/moves/", views.move, name="hand_over_move"),
    path("handovers/<int:pk>/items/<int:item>/", views.check, name="hand_over_item"),
    path("handovers/<int:pk>/accounts/<int:number>/", views.customer, name="hand_over_customer"),
]
