"""Templates that show several pictures, and those that are approved but cannot be sent from here.

With defaults of the database: processes of before, which know neither, go on writing while it is rolled out.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0013_message_templates")]

    operations = [
        migrations.AddField(
            model_name="messagetemplate",
            name="slides",
            field=models.JSONField(default=list, db_default=models.Value([], models.JSONField())),
        ),
        migrations.AddField(
            model_name="messagetemplate",
            name="unsendable",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
    ]
