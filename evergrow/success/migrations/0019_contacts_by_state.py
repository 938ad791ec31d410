from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0018_search"),
        ("success", "0010_triggers"),
        ("workspaces", "0005_absences"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "state", "subject"], name="contacts_by_state"),
        ),
    ]
