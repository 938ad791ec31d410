import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_account_merges"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3, verbose_name="currency"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="invoice",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3, verbose_name="currency"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate")),
                ("set_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exchange_rates",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "currency"), name="one_rate_per_currency")
                ],
            },
        ),
    ]
