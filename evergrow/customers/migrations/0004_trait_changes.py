from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_counters"),
    ]

    operations = [
        migrations.CreateModel(
            name="TraitChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("subject", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "id"], name="trait_changes_by_workspace")],
            },
        ),
    ]
