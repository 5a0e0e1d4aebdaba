"""What /metrics and the operators' first page show: numbers over every tenant, and which process lives.

Outcomes and waits are counted from the rows that the work leaves behind anyway. A BRIN index finds the last
minutes of an append-only table and costs nothing to keep.
"""

from django.db import migrations, models

from apps.core.rls import definer_function, dispatch_reads, shared_table

FIGURES = """
SELECT 'delivery_oldest_seconds', d.retry_class::text, '',
       coalesce(max(extract(epoch FROM now() - d.due_at)), 0)::float8
  FROM conversations_delivery d WHERE d.state = 'queued' AND d.due_at <= now() GROUP BY d.retry_class
UNION ALL
SELECT 'sending', '', '', count(*)::float8 FROM conversations_delivery WHERE state = 'sending'
UNION ALL
SELECT 'unknown', c.platform::text, '', count(*)::float8
  FROM conversations_delivery d JOIN connections_channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
 WHERE d.state = 'unknown' AND d.settled_by = '' GROUP BY c.platform
UNION ALL
SELECT 'webhooks_dead', '', '', count(*)::float8 FROM connections_receivedwebhook WHERE state = 'dead'
UNION ALL
SELECT 'breaker_open', platform::text, '', count(*) FILTER (WHERE paused_until > now())::float8
  FROM connections_channel WHERE state = 'live' GROUP BY platform
UNION ALL
SELECT 'channels', platform::text, health::text, count(*)::float8
  FROM connections_channel WHERE state = 'live' GROUP BY platform, health
"""

OUTCOMES = """
SELECT c.platform::text, (CASE WHEN a.code = 'lease' THEN 'LeaseExpired' ELSE a.outcome END)::text, count(*)
  FROM conversations_deliveryattempt a
  JOIN conversations_delivery d ON d.tenant_id = a.tenant_id AND d.id = a.delivery_id
  JOIN connections_channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
 WHERE a.ended_at > now() - make_interval(secs => p_seconds)
 GROUP BY 1, 2
"""

CALLABLE = ("queue_figures()", "queue_outcomes(integer)")


def _for_operators(verb: str, word: str) -> list[str]:
    """As the role that owns the functions, which is who may grant them."""
    changes = [f"{verb} EXECUTE ON FUNCTION {name} {word} comptoir_operator" for name in CALLABLE]
    return ["SET LOCAL ROLE comptoir_dispatch", *changes, "SET LOCAL ROLE comptoir_owner"]


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0002_trouble_indexes"), ("conversations", "0005_unsent_uploads")]

    operations = [
        migrations.CreateModel(
            name="SignOfLife",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=20)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        shared_table("backoffice_signoflife", operator="SELECT"),
        migrations.RunSQL(
            "CREATE INDEX delivery_attempt_lately ON conversations_deliveryattempt "
            "USING brin (ended_at) WITH (pages_per_range = 16, autosummarize = on)",
            "DROP INDEX delivery_attempt_lately",
        ),
        migrations.RunSQL(
            "GRANT SELECT (retry_class, settled_by) ON conversations_delivery TO comptoir_dispatch",
            migrations.RunSQL.noop,
        ),
        dispatch_reads(
            "conversations_deliveryattempt", ["id", "tenant_id", "delivery_id", "ended_at", "outcome", "code"]
        ),
        definer_function(
            "queue_figures", "", "TABLE (figure text, kind text, state text, value float8)", FIGURES
        ),
        definer_function(
            "queue_outcomes",
            "p_seconds integer",
            "TABLE (platform text, outcome text, times bigint)",
            OUTCOMES,
        ),
        migrations.RunSQL(_for_operators("GRANT", "TO"), _for_operators("REVOKE", "FROM")),
    ]
