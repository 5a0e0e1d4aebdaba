"""What platforms tell beyond messages: openings, handles, thread owners, prices, words from elsewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0009_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactaddress",
            name="handle",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="contactaddress",
            name="handle_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contactaddress",
            name="openings",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="contactaddress",
            name="thread_owner",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="delivery",
            name="price",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="earlystatus",
            name="price",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="author_kind",
            field=models.CharField(
                choices=[
                    ("contact", "Contact"),
                    ("member", "Member"),
                    ("bot", "Bot"),
                    ("program", "Program"),
                    ("system", "System"),
                    ("outside", "Outside"),
                ],
                max_length=8,
            ),
        ),
    ]
