import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0006_sealed_robots"), ("customers", "0023_paused_mailboxes")]
    operations = [
        migrations.AddField(
            "mailfiling",
            "apart",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.member"
            ),
        ),
        migrations.RemoveConstraint("mailfiling", "mail_once_an_account"),
        migrations.AddConstraint(
            "mailfiling",
            models.UniqueConstraint(
                condition=models.Q(("apart", None)), fields=("account", "message_id"), name="mail_once_an_account"
            ),
        ),
        migrations.AddConstraint(
            "mailfiling",
            models.UniqueConstraint(
                condition=models.Q(("apart__isnull", False)),
                fields=("account", "message_id", "apart"),
                name="own_mail_once_an_account",
            ),
        ),
        migrations.AddIndex("person", models.Index("workspace", Lower("email"), name="people_by_lower_email")),
    ]
