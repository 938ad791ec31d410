import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_account_parents"),
        ("workspaces", "0002_invitation_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merged_from",
                to="customers.account",
            ),
        ),
        migrations.CreateModel(
            name="AccountMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved", models.JSONField(default=dict)),
                ("followers", models.JSONField(default=list)),
                ("changed", models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("dropped", models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("reason", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("undo_until", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("is_settled", models.BooleanField(default=False)),
                ("events", models.PositiveBigIntegerField(default=0)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.account"
                    ),
                ),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.account"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace", "-at"], name="account_merges_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("merged",), name="account_merged_into_one"
                    )
                ],
            },
        ),
    ]
