import django.db.models.deletion
from django.db import migrations, models

import evergrow.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_stages"),
        ("success", "0016_day_and_load"),
        ("workspaces", "0002_invitation_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("holder", models.CharField(max_length=70)),
                ("address", models.CharField(blank=True, max_length=254)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "Email"),
                            ("sms", "Text message"),
                            ("wechat", "WeChat"),
                            ("push", "Push"),
                            ("in_app", "In the product"),
                            ("survey", "Survey"),
                            ("call", "Phone call"),
                            ("meeting", "Meeting"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
                ("priority", models.SmallIntegerField(choices=[(3, "High"), (2, "Normal"), (1, "Low")], default=2)),
                ("is_transactional", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("sent", "Sent"),
                            ("released", "Given back"),
                            ("waiting", "Waits"),
                            ("refused", "Not sent"),
                        ],
                        max_length=10,
                    ),
                ),
                ("policy_version", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("granted_at", models.DateTimeField(null=True)),
                ("not_before", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="customers.account",
                    ),
                ),
                (
                    "one_with",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="success.contact"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="customers.person",
                    ),
                ),
                (
                    "sender",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="workspaces.workspace"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_on", models.BooleanField(default=True)),
                ("limits", models.JSONField(default=list)),
                ("quiet", models.JSONField(default=list)),
                ("quiet_channels", models.JSONField(default=list)),
                (
                    "when_quiet",
                    models.CharField(
                        choices=[("defer", "wait until the quiet hours end"), ("drop", "do not send at all")],
                        default="defer",
                        max_length=5,
                    ),
                ),
                ("sending", models.JSONField(default=list)),
                ("sending_on_workdays", models.BooleanField(default=True)),
                ("same_hours", models.PositiveIntegerField(default=24)),
                ("changed_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_policy",
                        to="workspaces.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("limit", "the limit of this channel is used up"),
                            ("total", "the limit over all channels is used up"),
                            ("quiet", "quiet hours"),
                            ("sender", "outside the sender's hours"),
                            ("same", "the same was sent to this address already"),
                            ("priority", "something more important waits for the same person"),
                            ("already", "it was sent already"),
                        ],
                        max_length=10,
                    ),
                ),
                ("limit", models.CharField(blank=True, max_length=40)),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("last_at", models.DateTimeField(default=evergrow.lib.clock.now)),
                ("not_before", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refusals", to="success.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=70)),
                ("limit", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("taken_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="success.contact"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SendingHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hours", models.JSONField(default=list)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sending_hours",
                        to="workspaces.member",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "asked_at"], name="contacts_by_time"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "holder", "state"], name="contacts_by_holder"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="contact_asked_once"),
        ),
        migrations.AddIndex(
            model_name="contactrefusal",
            index=models.Index(fields=["last_at"], name="refusals_by_time"),
        ),
        migrations.AddConstraint(
            model_name="contactrefusal",
            constraint=models.UniqueConstraint(fields=("contact", "reason"), name="refused_for_a_reason_once"),
        ),
        migrations.AddConstraint(
            model_name="contactslot",
            constraint=models.UniqueConstraint(
                fields=("workspace", "holder", "limit", "number"), name="contact_slot_once"
            ),
        ),
    ]
