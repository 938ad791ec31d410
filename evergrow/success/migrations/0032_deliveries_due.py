import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("success", "0031_keys_of_triggers")]
    operations = [
        migrations.RemoveIndex("delivery", "deliveries_due"),
        migrations.AddIndex("delivery", models.Index(fields=["workspace", "state", "next_at"], name="deliveries_due")),
        migrations.AlterField(
            "delivery",
            "workspace",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="workspaces.workspace",
            ),
        ),
    ]
