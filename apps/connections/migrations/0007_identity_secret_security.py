from django.db import migrations

from apps.core.rls import same_tenant_keys, tenant_table


class Migration(migrations.Migration):
    dependencies = [("connections", "0006_identitysecret")]

    operations = [
        tenant_table("connections_identitysecret"),
        same_tenant_keys("connections_identitysecret", {"entry_point_id": "connections_entrypoint"}),
    ]
