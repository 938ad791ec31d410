from typing import Any

from django.db import migrations
from django.db.models.functions import Now


def wake(apps: Any, schema_editor: Any) -> None:
    """Runs that were open before are looked at once, and find their own next moment then."""
    apps.get_model("success", "Run").objects.filter(state="active").update(wakes_at=Now())


class Migration(migrations.Migration):
    dependencies = [("success", "0003_step_kinds_votes_and_deliveries")]
    operations = [migrations.RunPython(wake, migrations.RunPython.noop)]
