from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_stages"),
        ("success", "0004_wake_open_runs"),
        ("workspaces", "0003_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="handed_over",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "in_progress"), ("sub_run__isnull", False)),
                fields=["sub_run"],
                name="tasks_that_wait_for_a_run",
            ),
        ),
    ]
