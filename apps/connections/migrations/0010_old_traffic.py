"""What crossed the wire long ago, found by the time in its key: no index of its own is needed."""

from django.db import migrations

from apps.core.rls import definer_function, dispatch_reads

ARGUMENTS = "p_before timestamptz, p_below uuid, p_limit integer"


class Migration(migrations.Migration):
    dependencies = [("connections", "0009_store_webhooks")]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT (received_at) ON connections_receivedwebhook TO comptoir_dispatch",
            migrations.RunSQL.noop,
        ),
        dispatch_reads("connections_platformcall", ["id", "tenant_id", "at"]),
        definer_function(
            "queue_old_webhooks", ARGUMENTS, "TABLE (tenant_id uuid, webhook_id uuid)",
            """
            SELECT w.tenant_id, w.id FROM connections_receivedwebhook w
             WHERE w.id < p_below AND w.state = 'done' AND w.received_at < p_before
             ORDER BY w.id LIMIT p_limit
            """,
        ),
        definer_function(
            "queue_old_calls", ARGUMENTS, "TABLE (tenant_id uuid, call_id uuid)",
            """
            SELECT c.tenant_id, c.id FROM connections_platformcall c
             WHERE c.id < p_below AND c.at < p_before ORDER BY c.id LIMIT p_limit
            """,
        ),
    ]
