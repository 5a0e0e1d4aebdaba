"""What a channel shows before the first word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0011_redirect_and_retire")]

    operations = [
        migrations.AddField(model_name="channel", name="greeting", field=models.JSONField(null=True)),
    ]
