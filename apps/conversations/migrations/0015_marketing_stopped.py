"""Whether a customer wants marketing messages, and when they last said so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0014_decision_names_its_rule")]

    operations = [
        migrations.AddField(
            model_name="contactaddress",
            name="marketing_stopped",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="contactaddress",
            name="marketing_at",
            field=models.DateTimeField(null=True),
        ),
    ]
