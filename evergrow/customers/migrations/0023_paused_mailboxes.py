from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0022_sealed_passwords")]
    operations = [migrations.AddField("mailbox", "paused_at", models.DateTimeField(null=True))]
