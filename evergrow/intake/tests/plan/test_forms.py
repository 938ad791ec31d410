"""The editor of an event's plan loses nothing of it."""

from django.conf import settings
from django.http import QueryDict

from evergrow.intake.plan import forms
from evergrow.intake.plan.definition import MOST_PROPERTIES, EventPlan, PropertyPlan


def test_the_largest_plan_comes_back_whole_in_one_request() -> None:
    names = [f"p{number:03d}" for number in range(MOST_PROPERTIES)]
    rows = forms.rows_of(EventPlan(properties={name: PropertyPlan(required=True) for name in names}), [])
    assert [row.name for row in rows if not row.is_blank] == names
    post = QueryDict(mutable=True)
    for number, row in enumerate(rows):
        fields = {"name": row.name, "planned": "on", "required": "on", "type": row.type}
        post.update({f"{part}-{number}": value for part, value in fields.items()})
        post.update({f"{part}-{number}": "" for part in ("values", "pattern", "min", "max")})
    assert len(post) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    typed = forms.definition_typed(post, forms.rows_typed(post, []))
    assert list(typed["properties"]) == names
