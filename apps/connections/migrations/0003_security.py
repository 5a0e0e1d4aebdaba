from django.db import migrations

from apps.core.rls import (
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    tenant_table,
    tenant_unique,
)

WEBHOOK_FACTS = (
    "id, tenant_id, channel_id, dedup_key, received_at, state, attempt, due_at, error, handled_at"
)


class Migration(migrations.Migration):
    dependencies = [("connections", "0002_initial"), ("tenants", "0002_security")]

    operations = [
        tenant_table("connections_channel", operator="SELECT, UPDATE (state, paused_until, failures)"),
        tenant_table("connections_channelsecret"),
        tenant_table("connections_tenantkey"),
        tenant_table("connections_entrypoint", operator="SELECT"),
        tenant_table("connections_entrypointchannel", operator="SELECT"),
        tenant_table("connections_entrypointday", operator="SELECT"),
        tenant_table(
            "connections_receivedwebhook",
            operator=f"SELECT ({WEBHOOK_FACTS}), UPDATE (state, attempt, due_at, error)",
        ),
        tenant_table("connections_platformcall", operator="SELECT"),
        tenant_unique("connections_channel"),
        tenant_unique("connections_entrypoint"),
        same_tenant_keys("connections_channelsecret", {"channel_id": "connections_channel"}),
        same_tenant_keys(
            "connections_entrypointchannel",
            {"channel_id": "connections_channel", "entry_point_id": "connections_entrypoint"},
        ),
        same_tenant_keys("connections_entrypointday", {"entry_point_id": "connections_entrypoint"}),
        same_tenant_keys("connections_receivedwebhook", {"channel_id": "connections_channel"}),
        same_tenant_keys("connections_platformcall", {"channel_id": "connections_channel"}),
        dispatch_reads(
            "connections_channel",
            ["id", "tenant_id", "platform", "key", "address", "state", "health", "paused_until",
             "failures", "created_at"],
        ),
        dispatch_reads("connections_entrypoint", ["id", "tenant_id", "key"]),
        dispatch_reads("connections_receivedwebhook", ["id", "tenant_id", "state", "due_at"]),
        definer_function(
            "door_channel", "p_platform text, p_key text",
            "TABLE (tenant_id uuid, channel_id uuid)",
            "SELECT tenant_id, id FROM connections_channel WHERE key = p_key AND platform = p_platform",
        ),
        definer_function(
            "door_channel_by_address", "p_platform text, p_address text",
            "TABLE (tenant_id uuid, channel_id uuid)",
            "SELECT tenant_id, id FROM connections_channel WHERE platform = p_platform "
            "AND address = p_address AND address <> '' ORDER BY created_at, id LIMIT 1",
        ),
        definer_function(
            "door_entry_point", "p_key text", "TABLE (tenant_id uuid, entry_point_id uuid)",
            "SELECT tenant_id, id FROM connections_entrypoint WHERE key = p_key",
        ),
        # Tenants with due webhooks, each found by one index probe (loose index scan).
        definer_function(
            "queue_webhook_tenants", "p_limit integer", "TABLE (tenant_id uuid)",
            """
            WITH RECURSIVE t(tenant) AS (
              (SELECT w.tenant_id FROM connections_receivedwebhook w WHERE w.state = 'new'
                ORDER BY w.tenant_id LIMIT 1)
              UNION ALL
              SELECT (SELECT w.tenant_id FROM connections_receivedwebhook w
                       WHERE w.state = 'new' AND w.tenant_id > t.tenant ORDER BY w.tenant_id LIMIT 1)
                FROM t WHERE t.tenant IS NOT NULL)
            SELECT t.tenant FROM t WHERE t.tenant IS NOT NULL AND EXISTS (
              SELECT 1 FROM connections_receivedwebhook w
               WHERE w.tenant_id = t.tenant AND w.state = 'new' AND w.due_at <= now())
            ORDER BY random() LIMIT p_limit
            """,
        ),
    ]
