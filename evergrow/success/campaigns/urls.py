from django.urls import URLPattern, path

from evergrow.success.campaigns import audience_views, cost_views, views

urlpatterns: list[URLPattern] = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/new/", views.new, name="new_campaign"),
    path("campaigns/<int:number>/", views.campaign, name="campaign"),
    path("campaigns/<int:number>/edit/", views.edit, name="edit_campaign"),
    path("campaigns/<int:number>/moves/", views.move, name="move_campaign"),
    path("campaigns/<int:number>/taking-part/", views.taking_part, name="campaign_taking_part"),
    path("campaigns/<int:number>/audience/", audience_views.campaign_audience, name="campaign_audience"),
    path("campaigns/<int:number>/audience/file/", audience_views.export, name="export_campaign_audience"),
    path("campaigns/<int:number>/audience/changes/", audience_views.change, name="change_campaign_audience"),
    path("campaigns/<int:number>/costs/", cost_views.campaign_costs, name="campaign_costs"),
    path("campaigns/<int:number>/costs/<int:cost>/", cost_views.change_cost, name="change_campaign_cost"),
]
