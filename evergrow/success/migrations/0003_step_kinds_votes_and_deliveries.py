import datetime

import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_stages"),
        ("success", "0002_signals_about_sources"),
        ("workspaces", "0002_invitation_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("mail", "Mail"), ("webhook", "Webhook")], max_length=8)),
                ("dedupe_key", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting to be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("unknown", "Not known whether it arrived"),
                            ("cancelled", "Not sent any more"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("to", models.CharField(max_length=2000)),
                ("content", models.JSONField(default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("response", models.TextField(blank=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=evergrow.lib.clock.now)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("delegated", "Given to another"),
                            ("escalated", "Did not answer in time"),
                            ("closed", "No longer needed"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WorkHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opens", models.TimeField(default=datetime.time(9, 0), verbose_name="begins")),
                ("closes", models.TimeField(default=datetime.time(18, 0), verbose_name="ends")),
                (
                    "break_from",
                    models.TimeField(blank=True, default=datetime.time(12, 0), null=True, verbose_name="break from"),
                ),
                (
                    "break_to",
                    models.TimeField(blank=True, default=datetime.time(13, 30), null=True, verbose_name="break to"),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="run",
            name="one_open_run_per_playbook",
        ),
        migrations.AddField(
            model_name="run",
            name="anchors",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="run",
            name="depth",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="run",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="started_runs",
                to="success.task",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaced",
                to="success.run",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="trigger",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="run",
            name="wakes_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="wanted_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="anchor",
            field=models.CharField(blank=True, max_length=220, verbose_name="counted from"),
        ),
        migrations.AddField(
            model_name="step",
            name="at_time",
            field=models.TimeField(blank=True, null=True, verbose_name="time of day"),
        ),
        migrations.AddField(
            model_name="step",
            name="condition",
            field=models.JSONField(blank=True, default=dict, verbose_name="only if"),
        ),
        migrations.AddField(
            model_name="step",
            name="details",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="step",
            name="evidence_kind",
            field=models.CharField(
                blank=True,
                choices=[("", "words or a link"), ("text", "words"), ("link", "a link")],
                max_length=5,
                verbose_name="kind of evidence",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="fallbacks",
            field=models.JSONField(blank=True, default=list, verbose_name="else"),
        ),
        migrations.AddField(
            model_name="step",
            name="industries",
            field=models.JSONField(blank=True, default=list, verbose_name="only for industries"),
        ),
        migrations.AddField(
            model_name="step",
            name="on_branches",
            field=models.JSONField(blank=True, default=dict, verbose_name="on the branch"),
        ),
        migrations.AddField(
            model_name="step",
            name="products",
            field=models.JSONField(blank=True, default=list, verbose_name="only for products"),
        ),
        migrations.AddField(
            model_name="task",
            name="branch",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="task",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tasks",
                to="customers.person",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="problem",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="task",
            name="skip_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("condition", "its condition does not hold"),
                    ("branch", "the decision went another way"),
                    ("product", "it is for other products"),
                    ("industry", "it is for other industries"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="skip_facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="task",
            name="sub_run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="waiting_tasks",
                to="success.run",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="wakes_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="playbook",
            name="anchor",
            field=models.CharField(blank=True, max_length=220, verbose_name="date it hangs on"),
        ),
        migrations.AlterField(
            model_name="run",
            name="state",
            field=models.CharField(
                choices=[
                    ("scheduled", "Scheduled"),
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                    ("superseded", "Superseded"),
                ],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="due_from",
            field=models.CharField(
                choices=[
                    ("start", "from the start"),
                    ("anchor", "from a date of the account"),
                    ("previous", "after the steps before it are done"),
                ],
                default="previous",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="kind",
            field=models.CharField(
                choices=[
                    ("task", "Task"),
                    ("call", "Call"),
                    ("meeting", "Meeting"),
                    ("message", "Message"),
                    ("approval", "Approval"),
                    ("wait", "Wait"),
                    ("survey", "Survey link"),
                    ("decision", "Decision"),
                    ("webhook", "Webhook"),
                    ("playbook", "Another playbook"),
                ],
                default="task",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="owner_rule",
            field=models.CharField(
                choices=[
                    ("csm", "Success manager of the account"),
                    ("sales", "Sales of the account"),
                    ("expert", "Expert of the account"),
                    ("starter", "Whoever starts it"),
                    ("member", "A named colleague"),
                    ("previous", "Whoever did the step before"),
                    ("queue", "Nobody yet: the team's queue"),
                ],
                default="csm",
                max_length=10,
                verbose_name="assigned to",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="unit",
            field=models.CharField(
                choices=[
                    ("workdays", "working days"),
                    ("days", "days"),
                    ("workhours", "working hours"),
                    ("hours", "hours"),
                ],
                default="workdays",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("task", "Task"),
                    ("call", "Call"),
                    ("meeting", "Meeting"),
                    ("message", "Message"),
                    ("approval", "Approval"),
                    ("wait", "Wait"),
                    ("survey", "Survey link"),
                    ("decision", "Decision"),
                    ("webhook", "Webhook"),
                    ("playbook", "Another playbook"),
                ],
                default="task",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("wakes_at__isnull", False)), fields=["wakes_at"], name="runs_to_wake"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["scheduled", "active", "paused"])),
                fields=("account", "playbook"),
                name="one_open_run_per_playbook",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deliveries",
                to="customers.person",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="success.task"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="workspaces.workspace"
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="votes", to="workspaces.member"
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="stands_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="passed_to",
                to="success.vote",
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="votes", to="success.task"
            ),
        ),
        migrations.AddField(
            model_name="workhours",
            name="workspace",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="work_hours", to="workspaces.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "sending"])), fields=["next_at"], name="deliveries_due"
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(fields=["member", "state"], name="votes_by_member"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("task", "round", "member"), name="one_vote_a_round"),
        ),
    ]
