from typing import Any

from django.db import migrations, models

from evergrow.workspaces import sealed


def seal(apps: Any, schema_editor: Any) -> None:
    """Passwords that lay in clear are sealed under the instance's key."""
    mailboxes = apps.get_model("customers", "Mailbox").objects
    for pk, password in mailboxes.values_list("pk", "sealed_secret"):
        mailboxes.filter(pk=pk).update(sealed_secret=sealed.seal(password, "mailbox password"))


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_mailboxes")]
    operations = [
        migrations.RenameField("mailbox", "secret", "sealed_secret"),
        migrations.AlterField("mailbox", "sealed_secret", models.TextField()),
        migrations.RunPython(seal),
    ]
