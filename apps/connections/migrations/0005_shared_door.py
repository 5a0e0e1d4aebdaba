from django.db import migrations

# A channel with an account of its own may claim any address by answering for it on a server of its own;
# only channels of the deployment's account may be found by address on the webhook that they share.
SHARED_ONLY = """
CREATE OR REPLACE FUNCTION door_channel_by_address(p_platform text, p_address text)
RETURNS TABLE (tenant_id uuid, channel_id uuid) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $body$
  SELECT tenant_id, id FROM connections_channel WHERE platform = p_platform
     AND address = p_address AND address <> '' AND shared AND state <> 'draft'
   ORDER BY created_at, id LIMIT 1
$body$
"""
ANY = """
CREATE OR REPLACE FUNCTION door_channel_by_address(p_platform text, p_address text)
RETURNS TABLE (tenant_id uuid, channel_id uuid) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $body$
  SELECT tenant_id, id FROM connections_channel WHERE platform = p_platform
     AND address = p_address AND address <> '' ORDER BY created_at, id LIMIT 1
$body$
"""


class Migration(migrations.Migration):
    dependencies = [("connections", "0004_shared_accounts")]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT (shared) ON connections_channel TO comptoir_dispatch", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "CREATE INDEX channel_shared_address ON connections_channel (platform, address) WHERE shared",
            "DROP INDEX channel_shared_address",
        ),
        # Replaced by the role that owns it, so that it keeps its owner and its grants. Not RESET ROLE after
        # it: where the owner's role was taken on by SET ROLE, all that follows would belong to the login.
        migrations.RunSQL(
            ["SET LOCAL ROLE comptoir_dispatch", SHARED_ONLY, "SET LOCAL ROLE comptoir_owner"],
            ["SET LOCAL ROLE comptoir_dispatch", ANY, "SET LOCAL ROLE comptoir_owner"],
        ),
    ]
