"""Many verified webhooks stored by one statement, each only while its channel's credentials are unchanged."""

from django.db import migrations, models

from apps.core.rls import definer_function

# The version moves with everything that credentials are made of, whoever changes it and however: a place in
# Python that forgot to move it would let a replaced secret live on in the memory of the web processes.
CHANNEL_MOVED = """
CREATE FUNCTION channel_credentials_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.credentials_version := OLD.credentials_version + 1;
  RETURN NEW;
END $body$
"""
ON_CHANNEL = """
CREATE TRIGGER credentials_moved BEFORE UPDATE ON connections_channel FOR EACH ROW
WHEN (OLD.settings IS DISTINCT FROM NEW.settings OR OLD.shared IS DISTINCT FROM NEW.shared
   OR OLD.key IS DISTINCT FROM NEW.key OR OLD.platform IS DISTINCT FROM NEW.platform
   OR OLD.credentials_version IS DISTINCT FROM NEW.credentials_version)
EXECUTE FUNCTION channel_credentials_moved()
"""
SECRET_MOVED = """
CREATE FUNCTION channel_secret_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE public.connections_channel SET credentials_version = credentials_version + 1
   WHERE (tenant_id = OLD.tenant_id AND id = OLD.channel_id)
      OR (tenant_id = NEW.tenant_id AND id = NEW.channel_id);
  RETURN NULL;
END $body$
"""
ON_SECRET = """
CREATE TRIGGER credentials_moved AFTER INSERT OR UPDATE OR DELETE ON connections_channelsecret
FOR EACH ROW EXECUTE FUNCTION channel_secret_moved()
"""
KEY_MOVED = """
CREATE FUNCTION tenant_key_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE public.connections_channel SET credentials_version = credentials_version + 1
   WHERE tenant_id = OLD.tenant_id;
  RETURN NULL;
END $body$
"""
ON_KEY = """
CREATE TRIGGER credentials_moved AFTER UPDATE OR DELETE ON connections_tenantkey
FOR EACH ROW EXECUTE FUNCTION tenant_key_moved()
"""
STORE = """
WITH given AS (
  SELECT * FROM unnest(p_ids, p_channels, p_versions, p_platforms, p_addresses, p_keys, p_at, p_paths,
                       p_headers, p_raws) WITH ORDINALITY
      AS g (id, channel, version, platform, address, dedup_key, at, path, headers, raw, place)),
meant AS (
  SELECT g.*, c.tenant_id, c.id AS channel_id FROM given g
    JOIN connections_channel c ON c.id = g.channel AND c.credentials_version = g.version
  UNION ALL
  SELECT g.*, c.tenant_id, c.channel_id FROM given g
   CROSS JOIN LATERAL door_channel_by_address(g.platform, g.address) c WHERE g.channel IS NULL),
stored AS (
  INSERT INTO connections_receivedwebhook
         (id, tenant_id, channel_id, dedup_key, received_at, path, headers, raw, state, attempt, due_at, error)
  SELECT id, tenant_id, channel_id, dedup_key, at, path, headers::jsonb, raw, 'new', 0, at, '' FROM meant
   -- One order for all: two web processes that are sent the same webhooks must not wait for each other.
   ORDER BY channel_id, dedup_key, place
  ON CONFLICT DO NOTHING)
SELECT place FROM meant
"""
INSERTED = "id, tenant_id, channel_id, dedup_key, received_at, path, headers, raw, state, attempt, due_at, error"


class Migration(migrations.Migration):
    dependencies = [("connections", "0008_operator_sees_rings")]

    operations = [
        migrations.AddField(
            "channel",
            "credentials_version",
            models.BigIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.RunSQL(
            [CHANNEL_MOVED, ON_CHANNEL, SECRET_MOVED, ON_SECRET, KEY_MOVED, ON_KEY],
            [
                "DROP TRIGGER credentials_moved ON connections_tenantkey",
                "DROP TRIGGER credentials_moved ON connections_channelsecret",
                "DROP TRIGGER credentials_moved ON connections_channel",
                "DROP FUNCTION tenant_key_moved, channel_secret_moved, channel_credentials_moved",
            ],
        ),
        migrations.RunSQL(
            [
                "GRANT SELECT (credentials_version) ON connections_channel TO comptoir_dispatch",
                f"GRANT INSERT ({INSERTED}) ON connections_receivedwebhook TO comptoir_dispatch",
            ],
            [
                "REVOKE SELECT (credentials_version) ON connections_channel FROM comptoir_dispatch",
                f"REVOKE INSERT ({INSERTED}) ON connections_receivedwebhook FROM comptoir_dispatch",
            ],
        ),
        definer_function(
            "door_store_webhooks",
            "p_ids uuid[], p_channels uuid[], p_versions bigint[], p_platforms text[], p_addresses text[], "
            "p_keys text[], p_at timestamptz[], p_paths text[], p_headers text[], p_raws bytea[]",
            "TABLE (place bigint)",
            STORE,
        ),
    ]
