from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for what other platforms keep of a business and of a conversation."""

    dependencies = [("sandbox", "0002_security")]

    operations = [
        migrations.AddField("sandboxaccount", "data", models.JSONField(default=dict)),
        migrations.AddField("sandboxthread", "data", models.JSONField(default=dict)),
        migrations.AlterField("sandboxaccount", "key", models.CharField(max_length=128)),
        migrations.AlterField("sandboxaccount", "secret", models.CharField(max_length=500)),
        migrations.AlterField("sandboxaccount", "address", models.CharField(max_length=255)),
        migrations.AlterField("sandboxmessage", "ref", models.CharField(max_length=255)),
    ]
