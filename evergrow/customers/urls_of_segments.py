"""The addresses of segments."""

from django.urls import URLPattern, URLResolver, path

from evergrow.customers.views.segments import (
    alike,
    editing,
    exchange,
    index,
    members,
    overlap,
    saving,
    segment,
    why,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("segments/", index.segments, name="segments"),
    path("segments/new/", editing.new, name="segment_new"),
    path("segments/overlap/", overlap.overlap, name="segments_overlap"),
    path("segments/overlap/behind/", overlap.behind, name="segments_overlap_behind"),
    path("segments/overlap/save/", overlap.save, name="segments_overlap_save"),
    path("segments/exchange/", exchange.exchange, name="segments_exchange"),
    path("segments/from-accounts/", saving.from_accounts, name="segment_from_accounts"),
    path("segments/from-people/", saving.from_people, name="segment_from_people"),
    path("segments/<slug:key>/", segment.segment, name="segment"),
    path("segments/<slug:key>/status/", segment.status, name="segment_status"),
    path("segments/<slug:key>/members/", members.members, name="segment_members"),
    path("segments/<slug:key>/members/export/", members.export, name="segment_export"),
    path("segments/<slug:key>/members/put/", members.put, name="segment_put"),
    path("segments/<slug:key>/members/take-off/", members.take_off, name="segment_take_off"),
    path("segments/<slug:key>/moves/", segment.moves_page, name="segment_moves"),
    path("segments/<slug:key>/versions/", segment.versions, name="segment_versions"),
    path("segments/<slug:key>/why/", why.why, name="segment_why"),
    path("segments/<slug:key>/alike/", alike.alike, name="segment_alike"),
    path("segments/<slug:key>/alike/save/", alike.save, name="segment_alike_save"),
    path("segments/<slug:key>/edit/", editing.edit, name="segment_edit"),
    path("segments/<slug:key>/publish/", editing.publish, name="segment_publish"),
    path("segments/<slug:key>/drop-draft/", editing.drop_draft, name="segment_drop_draft"),
    path("segments/<slug:key>/duplicate/", editing.duplicate, name="segment_duplicate"),
    path("segments/<slug:key>/retire/", editing.retire, name="segment_retire"),
    path("segments/<slug:key>/bring-back/", editing.bring_back, name="segment_bring_back"),
    path("segments/<slug:key>/refresh/", editing.refresh, name="segment_refresh"),
]
