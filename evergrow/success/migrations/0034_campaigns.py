import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0024_own_copies_and_lower_emails"),
        ("success", "0032_deliveries_due"),
        ("workspaces", "0006_sealed_robots"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("name", models.JSONField(verbose_name="name")),
                ("purpose", models.JSONField(default=dict, verbose_name="what it is for")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("content", "Content"),
                            ("feature", "Product feature"),
                            ("paid", "Paid promotion"),
                            ("online", "Online event"),
                            ("on_site", "On-site event"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                ("starts_by_itself", models.BooleanField(default=True, verbose_name="starts by itself")),
                (
                    "budget",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="budget"),
                ),
                (
                    "audience_kind",
                    models.CharField(
                        choices=[("person", "people"), ("account", "accounts")], default="account", max_length=7
                    ),
                ),
                ("takes_newcomers", models.BooleanField(default=False, verbose_name="takes in newcomers")),
                ("taking_part", models.JSONField(blank=True, default=dict)),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("running", "Running"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("size_at_start", models.PositiveIntegerField(blank=True, null=True)),
                ("segment_as_of", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_note", models.CharField(blank=True, max_length=500)),
                ("concerned", models.ManyToManyField(blank=True, related_name="+", to="workspaces.member")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="campaigns",
                        to="workspaces.member",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.segment",
                    ),
                ),
                (
                    "started_by",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="campaigns", to="workspaces.workspace"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("person", "people"), ("account", "accounts")], max_length=7)),
                (
                    "came",
                    models.CharField(
                        choices=[
                            ("start", "at the start"),
                            ("new", "came into the segment later"),
                            ("hand", "added by hand"),
                        ],
                        max_length=5,
                    ),
                ),
                ("came_at", models.DateTimeField()),
                ("out_at", models.DateTimeField(blank=True, null=True)),
                ("out_reason", models.CharField(blank=True, max_length=300)),
                ("part_at", models.DateTimeField(blank=True, null=True)),
                (
                    "part_how",
                    models.CharField(
                        blank=True, choices=[("hand", "marked by hand"), ("rule", "by the rule")], max_length=4
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.account",
                    ),
                ),
                (
                    "came_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "out_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "part_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.person",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="audience", to="success.campaign"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CampaignCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
                ("what_for", models.CharField(max_length=200, verbose_name="what for")),
                ("at", models.DateTimeField(default=evergrow.lib.clock.now)),
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
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="costs", to="success.campaign"
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counter",
                        to="success.campaigncost",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["workspace", "state", "starts_on"], name="campaigns_by_state"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(fields=("workspace", "number"), name="campaign_number"),
        ),
        migrations.AddConstraint(
            model_name="audiencerow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "account")), fields=("campaign", "account"), name="account_once_in_audience"
            ),
        ),
        migrations.AddConstraint(
            model_name="audiencerow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "person")), fields=("campaign", "person"), name="person_once_in_audience"
            ),
        ),
    ]
