import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_stages"),
        ("success", "0009_contact_budget"),
        ("workspaces", "0002_invitation_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="StartRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_out_percent", models.DecimalField(decimal_places=2, default=0, max_digits=5)),
                ("salt", models.CharField(max_length=40)),
                ("capacity", models.PositiveIntegerField(default=20, null=True)),
                (
                    "when_full",
                    models.CharField(
                        choices=[("wait", "wait for the next day"), ("suppress", "do not start at all")],
                        default="wait",
                        max_length=8,
                    ),
                ),
                ("keep_days", models.PositiveIntegerField(default=7)),
                ("changed_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                (
                    "playbook",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="start_rules", to="success.playbook"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trigger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.JSONField(verbose_name="name")),
                ("created_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
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
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="triggers", to="success.playbook"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="triggers", to="workspaces.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TriggerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("definition", models.JSONField(default=dict)),
                ("needed", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("edited_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("looked_on", models.DateField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("members", models.PositiveIntegerField(default=0)),
                ("unknown", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
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
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "trigger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="success.trigger"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Firing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurrence", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("started", "Started"),
                            ("held_out", "Held out"),
                            ("suppressed", "Suppressed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reentry", "came back too soon after leaving"),
                            ("frequency", "fired often enough for this account"),
                            ("running", "the playbook runs there already"),
                            ("capacity", "the day's starts were used up"),
                            ("left", "left again while it waited"),
                            ("late", "waited too long"),
                            ("no_anchor", "the account has no date to count from"),
                            ("unpublished", "the playbook was not published"),
                            ("stopped", "the trigger was retired while it waited"),
                        ],
                        max_length=12,
                    ),
                ),
                ("priority", models.SmallIntegerField(default=2)),
                ("at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("started_on", models.DateField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("score_then", models.FloatField(null=True)),
                ("band_then", models.CharField(blank=True, max_length=20)),
                ("mrr_then", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="customers.account"
                    ),
                ),
                (
                    "playbook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="success.playbook"
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="firing", to="success.run"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="workspaces.workspace"
                    ),
                ),
                (
                    "trigger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="success.trigger"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="success.triggerversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TriggerState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_member", models.BooleanField(default=False)),
                ("since", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("spell", models.PositiveIntegerField(default=0)),
                ("turn", models.IntegerField(default=-1)),
                ("next_on", models.DateField(null=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("last_fired_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trigger_states",
                        to="customers.account",
                    ),
                ),
                (
                    "trigger",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="states", to="success.trigger"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_member", True)),
                        fields=["trigger", "account"],
                        name="members_of_triggers",
                    ),
                    models.Index(
                        condition=models.Q(("is_member", True)), fields=["trigger", "next_on"], name="turns_of_triggers"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("trigger", "account"), name="one_state_per_trigger")],
            },
        ),
        migrations.AddConstraint(
            model_name="triggerversion",
            constraint=models.UniqueConstraint(fields=("trigger", "number"), name="trigger_version_number"),
        ),
        migrations.AddConstraint(
            model_name="triggerversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "published"])),
                fields=("trigger", "state"),
                name="one_draft_and_one_published_trigger",
            ),
        ),
        migrations.AddIndex(
            model_name="firing",
            index=models.Index(fields=["trigger", "state", "reason"], name="firings_of_a_trigger"),
        ),
        migrations.AddIndex(
            model_name="firing",
            index=models.Index(fields=["playbook", "state", "-priority", "at"], name="firings_to_start"),
        ),
        migrations.AddIndex(
            model_name="firing",
            index=models.Index(fields=["playbook", "started_on"], name="firings_by_day"),
        ),
        migrations.AddConstraint(
            model_name="firing",
            constraint=models.UniqueConstraint(fields=("version", "account", "occurrence"), name="firing_once"),
        ),
    ]
