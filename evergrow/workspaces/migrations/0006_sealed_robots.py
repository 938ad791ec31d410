from typing import Any

from django.db import migrations, models

from evergrow.workspaces import sealed


def seal(apps: Any, schema_editor: Any) -> None:
    """Addresses and secrets that lay in clear are sealed under the instance's key."""
    robots = apps.get_model("workspaces", "Robot").objects
    for robot in robots.exclude(sealed_address="").iterator():
        address, secret = robot.sealed_address, robot.sealed_secret
        robots.filter(pk=robot.pk).update(
            hint=f"{address.split('/')[2][:250]}…{address[-4:]}",
            sealed_address=sealed.seal(address, "robot address"),
            sealed_secret=sealed.seal(secret, "robot secret"),
        )


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_absences")]
    operations = [
        migrations.RenameField("robot", "address", "sealed_address"),
        migrations.RenameField("robot", "secret", "sealed_secret"),
        migrations.AlterField("robot", "sealed_address", models.TextField(blank=True)),
        migrations.AlterField("robot", "sealed_secret", models.TextField(blank=True)),
        migrations.AddField(
            "robot", "hint", models.CharField(blank=True, max_length=260, default=""), preserve_default=False
        ),
        migrations.RunPython(seal),
    ]
