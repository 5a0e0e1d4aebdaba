from django.db import migrations

from apps.core.rls import (
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    tenant_table,
    tenant_unique,
)


class Migration(migrations.Migration):
    dependencies = [
        ("widget", "0001_initial"),
        ("connections", "0005_shared_door"),
        ("tenants", "0005_sign_in_and_limits"),
    ]

    operations = [
        tenant_table("widget_visitor"),
        tenant_table("widget_upload"),
        tenant_table("widget_identitysecret"),
        tenant_unique("widget_visitor"),
        same_tenant_keys(
            "widget_visitor",
            {"channel_id": "connections_channel", "entry_point_id": "connections_entrypoint"},
        ),
        same_tenant_keys("widget_upload", {"visitor_id": "widget_visitor"}),
        same_tenant_keys("widget_identitysecret", {"entry_point_id": "connections_entrypoint"}),
        dispatch_reads("widget_visitor", ["id", "tenant_id", "token_hash", "former_hash"]),
        definer_function(
            "door_visitor", "p_hash bytea", "TABLE (tenant_id uuid, visitor_id uuid)",
            "SELECT tenant_id, id FROM widget_visitor WHERE token_hash = p_hash OR former_hash = p_hash LIMIT 1",
        ),
    ]
