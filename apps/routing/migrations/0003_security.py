from django.db import migrations

from apps.core.rls import same_tenant_keys, tenant_table


class Migration(migrations.Migration):
    dependencies = [("routing", "0002_initial"), ("tenants", "0002_security")]

    operations = [
        tenant_table("routing_routingrule", operator="SELECT"),
        same_tenant_keys("routing_routingrule", {"team_id": "tenants_team"}),
    ]
