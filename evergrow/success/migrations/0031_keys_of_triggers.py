from itertools import count
from typing import Any

from django.db import migrations, models
from django.utils.text import slugify


def name_them(apps: Any, schema_editor: Any) -> None:
    """Triggers that are there get a key from their English name, as new ones do."""
    taken: set[tuple[int, str]] = set()
    for trigger in apps.get_model("success", "Trigger").objects.select_related("playbook").order_by("pk"):
        base = slugify(trigger.name.get("en", ""))[:50] or f"{trigger.playbook.key[:50]}-trigger"
        keys = (base if n == 1 else f"{base}-{n}" for n in count(1))
        trigger.key = next(key for key in keys if (trigger.workspace_id, key) not in taken)
        taken.add((trigger.workspace_id, trigger.key))
        trigger.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("success", "0029_lean_indexes")]
    operations = [
        migrations.AddField("trigger", "key", models.SlugField(default="", max_length=60), preserve_default=False),
        migrations.RunPython(name_them, migrations.RunPython.noop),
        migrations.AddConstraint("trigger", models.UniqueConstraint(fields=["workspace", "key"], name="trigger_key")),
    ]
