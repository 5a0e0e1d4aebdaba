"""The log and the record of tries stop growing. The application may add to both, never take away: two
functions do, which take nothing that is younger than a week whatever they are told."""

from django.db import migrations, models

from apps.core.rls import definer_function

# What only said that something is different now. The rest is the conversation's history, which pages show.
EVENTS = """
WITH due AS (
    SELECT c.tenant_id, c.whole_above FROM public.conversations_streamcounter c
     WHERE (SELECT e.at FROM public.conversations_streamevent e
             WHERE e.tenant_id = c.tenant_id AND e.seq > c.whole_above ORDER BY e.seq LIMIT 1)
           < least(p_before, now() - interval '7 days')
     LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), old AS (
    SELECT due.tenant_id, due.whole_above, max(f.seq) AS up_to FROM due CROSS JOIN LATERAL (
        SELECT n.seq, bool_and(n.at < least(p_before, now() - interval '7 days')) OVER (ORDER BY n.seq) AS all_old
          FROM (SELECT e.seq, e.at FROM public.conversations_streamevent e
                 WHERE e.tenant_id = due.tenant_id AND e.seq > due.whole_above
                 ORDER BY e.seq LIMIT p_limit) n
    ) f WHERE f.all_old GROUP BY 1, 2
), gone AS (
    DELETE FROM public.conversations_streamevent e USING old
     WHERE e.tenant_id = old.tenant_id AND e.seq > old.whole_above AND e.seq <= old.up_to
       AND e.kind IN ('AttachmentChanged', 'ChannelChanged', 'ConversationRead', 'DeliveryChanged',
                      'MessageEdited', 'MessageWithdrawn', 'ReactionReceived')
)
UPDATE public.conversations_streamcounter c SET whole_above = old.up_to
  FROM old WHERE c.tenant_id = old.tenant_id RETURNING c.whole_above
"""
ATTEMPTS = """
WITH gone AS (
    DELETE FROM public.conversations_deliveryattempt a USING (
        SELECT o.id, o.tenant_id FROM public.conversations_deliveryattempt o
          JOIN public.conversations_delivery d ON d.tenant_id = o.tenant_id AND d.id = o.delivery_id
         WHERE o.id < p_below AND o.ended_at < least(p_before, now() - interval '7 days')
           AND d.state NOT IN ('queued', 'sending', 'unknown')
         ORDER BY o.id LIMIT p_limit
    ) old WHERE a.id = old.id AND a.tenant_id = old.tenant_id RETURNING 1
) SELECT count(*) FROM gone
"""


def forgets(table: str, columns: str) -> migrations.RunSQL:
    """Only the rows' place and age are the dispatch role's to see, never what they say."""
    return migrations.RunSQL(
        [
            f"CREATE POLICY forgetting ON {table} TO comptoir_dispatch USING (true)",
            f"GRANT SELECT ({columns}), DELETE ON {table} TO comptoir_dispatch",
        ],
        [f"DROP POLICY forgetting ON {table}", f"REVOKE DELETE ON {table} FROM comptoir_dispatch"],
    )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0012_decision_required")]

    operations = [
        migrations.AddField("streamcounter", "whole_above", models.BigIntegerField(db_default=0)),
        forgets("conversations_streamevent", "tenant_id, seq, kind, at"),
        forgets("conversations_deliveryattempt", "id, tenant_id, delivery_id, ended_at"),
        migrations.RunSQL(
            [
                "CREATE POLICY forgetting ON conversations_streamcounter TO comptoir_dispatch USING (true)",
                "GRANT SELECT (tenant_id, whole_above), UPDATE (whole_above) "
                "ON conversations_streamcounter TO comptoir_dispatch",
            ],
            "DROP POLICY forgetting ON conversations_streamcounter",
        ),
        definer_function("queue_forget_events", "p_before timestamptz, p_limit integer", "bigint", EVENTS),
        definer_function(
            "queue_forget_attempts", "p_before timestamptz, p_below uuid, p_limit integer", "bigint", ATTEMPTS
        ),
    ]
