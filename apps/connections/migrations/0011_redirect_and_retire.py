"""Channels that send customers elsewhere, that are retired, whose credentials end."""

from django.db import migrations, models

from apps.core.rls import definer_function


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0010_old_traffic"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="expiry_told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="channel",
            name="redirect_to",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="channel",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("live", "Live"),
                    ("disabled", "Disabled"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, expiry_told_at=None),
                name="channel_expiring",
            ),
        ),
        migrations.RunSQL(
            "GRANT SELECT (expires_at, expiry_told_at) ON connections_channel TO comptoir_dispatch",
            migrations.RunSQL.noop,
        ),
        definer_function(
            "queue_expiring_channels",
            "p_before timestamptz, p_limit integer",
            "TABLE (tenant_id uuid, channel_id uuid)",
            """
            SELECT c.tenant_id, c.id FROM connections_channel c
             WHERE c.expires_at < p_before AND c.expiry_told_at IS NULL AND c.state = 'live'
             ORDER BY c.expires_at LIMIT p_limit
            """,
        ),
    ]
