from django.db import migrations

from apps.core.rls import (
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    tenant_table,
    tenant_unique,
)

CONVERSATION, CONTACT, ADDRESS = (
    "conversations_conversation",
    "conversations_contact",
    "conversations_contactaddress",
)
MESSAGE, CHANNEL, MEMBERSHIP = "conversations_message", "connections_channel", "tenants_membership"

DELIVERY_FACTS = (
    "id, tenant_id, message_id, conversation_id, channel_id, seq, retry_class, state, attempt, due_at, "
    "lease_until, lease_token, code, words, settled_by, created_at, sent_at, updated_at"
)

# The fair, ordered, leased claim (RELIABILITY 6.4). Only heads of line are candidates, found inside each
# tenant's own probe; a channel that is paused, disabled or broken keeps its rows; an open breaker lets one
# probe through.
CLAIM = """
WITH RECURSIVE t(tenant) AS (
  (SELECT d.tenant_id FROM conversations_delivery d WHERE d.state = 'queued'
    ORDER BY d.tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT d.tenant_id FROM conversations_delivery d
           WHERE d.state = 'queued' AND d.tenant_id > t.tenant ORDER BY d.tenant_id LIMIT 1)
    FROM t WHERE t.tenant IS NOT NULL),
h AS (
  SELECT x.id, x.failures, x.busy,
         row_number() OVER (PARTITION BY x.channel_id ORDER BY x.due_at) AS in_channel,
         row_number() OVER (PARTITION BY t.tenant ORDER BY x.due_at)
           + (SELECT count(*) FROM conversations_delivery s
               WHERE s.tenant_id = t.tenant AND s.state = 'sending') AS place
    FROM t JOIN tenants_tenant owner ON owner.id = t.tenant AND owner.state = 'active'
    CROSS JOIN LATERAL (
      SELECT d.id, d.due_at, d.channel_id, c.failures,
             c.failures >= 5 AND EXISTS (
               SELECT 1 FROM conversations_delivery b WHERE b.tenant_id = t.tenant
                AND b.state = 'sending' AND b.channel_id = d.channel_id) AS busy
        FROM conversations_delivery d
        JOIN connections_channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
       WHERE d.tenant_id = t.tenant AND d.state = 'queued' AND d.due_at <= now()
         AND c.state = 'live' AND c.health <> 'broken'
         AND (c.paused_until IS NULL OR c.paused_until <= now())
         AND NOT EXISTS (
           SELECT 1 FROM conversations_delivery p
            WHERE p.conversation_id = d.conversation_id AND p.seq < d.seq
              AND p.state IN ('queued', 'sending'))
       ORDER BY d.due_at LIMIT p_cap) x
   WHERE t.tenant IS NOT NULL),
pick AS (
  SELECT h.id FROM h WHERE h.place <= p_cap AND (h.failures < 5 OR (h.in_channel = 1 AND NOT h.busy))
   ORDER BY h.place, random() LIMIT p_limit)
UPDATE conversations_delivery u
   SET state = 'sending', attempt = u.attempt + 1, lease_token = p_token,
       lease_until = now() + interval '60 seconds', updated_at = now()
 WHERE u.id IN (SELECT o.id FROM conversations_delivery o
                 WHERE o.id IN (SELECT pick.id FROM pick) AND o.state = 'queued'
                   FOR NO KEY UPDATE SKIP LOCKED)
RETURNING u.tenant_id, u.id
"""

AGES = """
SELECT 'webhooks', count(*), coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8
  FROM connections_receivedwebhook WHERE state = 'new' AND due_at <= now()
UNION ALL
SELECT 'deliveries', count(*), coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8
  FROM conversations_delivery WHERE state = 'queued' AND due_at <= now()
UNION ALL
SELECT 'attachments', count(*), coalesce(max(extract(epoch FROM now() - due_at)), 0)::float8
  FROM conversations_attachment WHERE state = 'pending' AND due_at <= now()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0002_initial"),
        ("connections", "0003_security"),
        ("tenants", "0002_security"),
    ]

    operations = [
        tenant_table(CONTACT),
        tenant_table(ADDRESS),
        tenant_table(CONVERSATION),
        tenant_table("conversations_readmark"),
        tenant_table(MESSAGE),
        tenant_table("conversations_attachment"),
        tenant_table("conversations_note"),
        tenant_table(
            "conversations_delivery",
            operator=f"SELECT ({DELIVERY_FACTS}), UPDATE (state, due_at, attempt)",
        ),
        tenant_table("conversations_deliveryattempt", grant="SELECT, INSERT", operator="SELECT"),
        tenant_table("conversations_streamcounter"),
        tenant_table("conversations_streamevent", grant="SELECT, INSERT"),
        tenant_unique(CONTACT),
        tenant_unique(ADDRESS),
        tenant_unique(CONVERSATION),
        tenant_unique(MESSAGE),
        tenant_unique("conversations_delivery"),
        same_tenant_keys(ADDRESS, {"contact_id": CONTACT, "channel_id": CHANNEL}),
        same_tenant_keys(
            CONVERSATION,
            {
                "channel_id": CHANNEL,
                "contact_id": CONTACT,
                "address_id": ADDRESS,
                "team_id": "tenants_team",
                "assignee_id": MEMBERSHIP,
                "entry_point_id": "connections_entrypoint",
            },
        ),
        same_tenant_keys(
            "conversations_readmark", {"conversation_id": CONVERSATION, "membership_id": MEMBERSHIP}
        ),
        same_tenant_keys(
            MESSAGE,
            {
                "conversation_id": CONVERSATION,
                "channel_id": CHANNEL,
                "author_id": MEMBERSHIP,
                "reply_to_id": MESSAGE,
            },
        ),
        same_tenant_keys(
            "conversations_attachment", {"conversation_id": CONVERSATION, "message_id": MESSAGE}
        ),
        same_tenant_keys(
            "conversations_note", {"conversation_id": CONVERSATION, "author_id": MEMBERSHIP}
        ),
        same_tenant_keys(
            "conversations_delivery",
            {"message_id": MESSAGE, "conversation_id": CONVERSATION, "channel_id": CHANNEL},
        ),
        same_tenant_keys("conversations_deliveryattempt", {"delivery_id": "conversations_delivery"}),
        same_tenant_keys("conversations_streamevent", {"conversation_id": CONVERSATION}),
        dispatch_reads(
            "conversations_delivery",
            ["id", "tenant_id", "conversation_id", "channel_id", "seq", "state", "attempt", "due_at",
             "lease_until"],
            update=["state", "attempt", "lease_token", "lease_until", "updated_at"],
        ),
        dispatch_reads("conversations_attachment", ["id", "tenant_id", "state", "due_at", "urgent", "attempt"],
                       update=["due_at", "attempt"]),
        definer_function(
            "queue_claim_deliveries", "p_token uuid, p_limit integer, p_cap integer",
            "TABLE (tenant_id uuid, delivery_id uuid)", CLAIM,
        ),
        definer_function(
            "queue_expired_deliveries", "p_limit integer", "TABLE (tenant_id uuid, delivery_id uuid)",
            "SELECT tenant_id, id FROM conversations_delivery "
            "WHERE state = 'sending' AND lease_until < now() ORDER BY lease_until LIMIT p_limit",
        ),
        definer_function(
            "queue_claim_attachments", "p_limit integer", "TABLE (tenant_id uuid, attachment_id uuid)",
            """
            UPDATE conversations_attachment u
               SET due_at = now() + interval '180 seconds', attempt = u.attempt + 1
             WHERE u.id IN (SELECT a.id FROM conversations_attachment a
                             WHERE a.state = 'pending' AND a.due_at <= now()
                             ORDER BY a.urgent DESC, a.due_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING u.tenant_id, u.id
            """,
        ),
        definer_function(
            "queue_ages", "", "TABLE (queue text, rows bigint, oldest_seconds float8)", AGES
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 80)"
                for table in ("conversations_delivery", "connections_receivedwebhook", CONVERSATION)
            ],
            migrations.RunSQL.noop,
        ),
    ]
