"""Templates that show several pictures, and those that are approved but cannot be sent from here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0013_message_templates")]

    operations = [
        migrations.AddField(
            model_name="messagetemplate", name="slides", field=models.JSONField(default=list)
        ),
        migrations.AddField(
            model_name="messagetemplate",
            name="unsendable",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
    ]
