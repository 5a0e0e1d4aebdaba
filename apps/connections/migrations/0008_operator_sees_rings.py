"""The operator may see which wrapping keys are in use, to be told when one is lost; no key itself."""

from django.db import migrations

FORWARD = [
    "CREATE POLICY operator ON connections_tenantkey TO comptoir_operator USING (true)",
    "GRANT SELECT (ring) ON connections_tenantkey TO comptoir_operator",
]
BACKWARD = [
    "REVOKE SELECT (ring) ON connections_tenantkey FROM comptoir_operator",
    "DROP POLICY operator ON connections_tenantkey",
]


class Migration(migrations.Migration):
    dependencies = [("connections", "0007_identity_secret_security")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
