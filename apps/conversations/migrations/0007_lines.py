"""The database keeps the lines: which delivery of a conversation is first is known before anybody claims.

Before this a claim looked through a tenant's backlog for heads of line: 50,000 rows behind a few busy
conversations, or on a paused channel, cost every claim of every tenant. docs/decisions/0012.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import apps.core.ids
import apps.core.models
from apps.core.rls import (
    DISPATCH,
    OWNER,
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    tenant_table,
)

DELIVERY, EARLY = "conversations_delivery", "conversations_earlystatus"

# A new row is first unless one of its conversation is still in line. That one stays locked until we commit:
# whoever takes it out of the line afterwards sees the new row. (Rows of one conversation are made under its
# lock, so nothing else comes in between.)
TAKE_PLACE = """
BEGIN
  IF NOT (NEW.state IN ('queued', 'sending') OR NEW.settling_until IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  LOOP
    PERFORM 1 FROM conversations_delivery d
      WHERE d.conversation_id = NEW.conversation_id
        AND (d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL)
      ORDER BY d.seq DESC LIMIT 1 FOR SHARE;
    NEW.first_in_line := NOT FOUND;
    EXIT WHEN FOUND OR NOT EXISTS (
      SELECT 1 FROM conversations_delivery d
       WHERE d.conversation_id = NEW.conversation_id
         AND (d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL));
  END LOOP;
  RETURN NEW;
END
"""

# Where rows have left, the next one is first now. Repeated until nothing is left to do: the next one may just
# be leaving in another transaction, for which the update has then waited.
MOVE_UP = """
  LOOP
    WITH heads AS (
      SELECT h.id, h.first_in_line FROM unnest(moved) AS line(conversation)
       CROSS JOIN LATERAL (
         SELECT d.id, d.first_in_line FROM conversations_delivery d
          WHERE d.conversation_id = line.conversation
            AND (d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL)
          ORDER BY d.seq LIMIT 1) h),
    risen AS (
      UPDATE conversations_delivery d SET first_in_line = true FROM heads
       WHERE d.id = heads.id AND NOT heads.first_in_line
         AND (d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL)
      RETURNING 1)
    SELECT (SELECT count(*) FROM heads WHERE NOT heads.first_in_line), (SELECT count(*) FROM risen)
      INTO due, done;
    EXIT WHEN due = done;
  END LOOP;
"""

AFTER_UPDATE = f"""
DECLARE moved uuid[]; back uuid[]; due bigint; done bigint;
BEGIN
  WITH change AS (
    SELECT n.conversation_id,
           o.state IN ('queued', 'sending') OR o.settling_until IS NOT NULL AS was,
           n.state IN ('queued', 'sending') OR n.settling_until IS NOT NULL AS now
      FROM earlier o JOIN later n USING (id))
  SELECT array_agg(DISTINCT conversation_id) FILTER (WHERE was AND NOT now),
         array_agg(DISTINCT conversation_id) FILTER (WHERE now AND NOT was)
    INTO moved, back FROM change;
  IF back IS NOT NULL THEN
    UPDATE conversations_delivery d SET first_in_line = false
     WHERE d.conversation_id = ANY (back) AND d.first_in_line
       AND (d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL);
    moved := coalesce(moved, '{{}}') || back;
  END IF;
  IF moved IS NULL THEN
    RETURN NULL;
  END IF;
  {MOVE_UP}
  RETURN NULL;
END
"""

AFTER_DELETE = f"""
DECLARE moved uuid[]; due bigint; done bigint;
BEGIN
  SELECT array_agg(DISTINCT conversation_id) INTO moved FROM earlier
   WHERE state IN ('queued', 'sending') OR settling_until IS NOT NULL;
  IF moved IS NULL THEN
    RETURN NULL;
  END IF;
  {MOVE_UP}
  RETURN NULL;
END
"""

# The fair, ordered, leased claim (RELIABILITY 6.4): one probe per (tenant, channel) that has a first in line,
# nothing at all of channels that are paused, disabled or broken; an open breaker lets one probe through. Who
# has least in flight comes first.
CLAIM = """
WITH RECURSIVE lines AS (
  (SELECT d.tenant_id, d.channel_id FROM conversations_delivery d
    WHERE d.state = 'queued' AND d.first_in_line ORDER BY d.tenant_id, d.channel_id LIMIT 1)
  UNION ALL
  SELECT n.tenant_id, n.channel_id FROM lines CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.channel_id FROM conversations_delivery d
     WHERE d.state = 'queued' AND d.first_in_line
       AND (d.tenant_id, d.channel_id) > (lines.tenant_id, lines.channel_id)
     ORDER BY d.tenant_id, d.channel_id LIMIT 1) n),
flying AS MATERIALIZED (
  SELECT d.tenant_id, d.channel_id, count(*) AS here FROM conversations_delivery d
   WHERE d.state = 'sending' GROUP BY d.tenant_id, d.channel_id),
fit AS MATERIALIZED (
  SELECT lines.tenant_id, lines.channel_id,
         (SELECT coalesce(sum(f.here), 0) FROM flying f WHERE f.tenant_id = lines.tenant_id) AS busy,
         CASE WHEN c.failures < 5 THEN p_limit
              WHEN EXISTS (SELECT 1 FROM flying f WHERE f.channel_id = lines.channel_id) THEN 0
              ELSE 1 END AS most
    FROM lines
    JOIN tenants_tenant owner ON owner.id = lines.tenant_id AND owner.state = 'active'
    JOIN connections_channel c ON c.tenant_id = lines.tenant_id AND c.id = lines.channel_id
   WHERE c.state = 'live' AND c.health <> 'broken' AND (c.paused_until IS NULL OR c.paused_until <= now())),
pick AS (
  SELECT x.id, fit.busy + row_number() OVER (PARTITION BY fit.tenant_id ORDER BY x.due_at) AS place
    FROM fit CROSS JOIN LATERAL (
      SELECT d.id, d.due_at FROM conversations_delivery d
       WHERE d.tenant_id = fit.tenant_id AND d.channel_id = fit.channel_id
         AND d.state = 'queued' AND d.first_in_line AND d.due_at <= now()
       ORDER BY d.due_at LIMIT greatest(0, least(fit.most, p_cap - fit.busy))) x
   ORDER BY place, random() LIMIT p_limit),
ours AS (
  SELECT d.id, pick.place FROM conversations_delivery d JOIN pick ON pick.id = d.id
   WHERE d.state = 'queued' AND d.first_in_line AND pick.place <= p_cap
     FOR NO KEY UPDATE OF d SKIP LOCKED),
claimed AS (
  UPDATE conversations_delivery u
     SET state = 'sending', attempt = u.attempt + 1, lease_token = p_token,
         lease_until = now() + interval '60 seconds', updated_at = now()
    FROM ours WHERE u.id = ours.id
  RETURNING u.tenant_id, u.id, ours.place)
SELECT claimed.tenant_id, claimed.id FROM claimed ORDER BY claimed.place
"""

# Heads that are not marked: there are none unless somebody wrote past the triggers (a restore, by hand).
MEND = """
WITH heads AS (
  SELECT DISTINCT ON (d.conversation_id) d.id, d.first_in_line FROM conversations_delivery d
   WHERE d.state IN ('queued', 'sending') OR d.settling_until IS NOT NULL
   ORDER BY d.conversation_id, d.seq),
mended AS (
  UPDATE conversations_delivery u SET first_in_line = true FROM heads
   WHERE u.id = heads.id AND NOT heads.first_in_line
     AND (u.state IN ('queued', 'sending') OR u.settling_until IS NOT NULL)
  RETURNING 1)
SELECT count(*) FROM mended
"""

# A look is leased by moving its time; what it finds is written against the number of looks before it.
LOOKS = """
UPDATE conversations_delivery u SET due_at = now() + interval '60 seconds'
 WHERE u.id IN (SELECT d.id FROM conversations_delivery d
                 WHERE d.settling_until IS NOT NULL AND d.due_at <= now()
                 ORDER BY d.due_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED)
RETURNING u.tenant_id, u.id
"""

EARLY_TENANTS = """
SELECT DISTINCT e.tenant_id FROM conversations_earlystatus e
 WHERE e.created_at < now() - interval '10 minutes'
    OR EXISTS (SELECT 1 FROM conversations_delivery d
                WHERE d.tenant_id = e.tenant_id AND d.channel_id = e.channel_id AND d.ref = e.ref)
"""


def trigger(name, when, function, body):
    """The function is handed over last: only who may execute it can make the trigger."""
    return migrations.RunSQL(
        [
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = pg_catalog, public AS $body$ {body} $body$",
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()",
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
            f"ALTER FUNCTION {function} OWNER TO {DISPATCH}",
        ],
        [f"DROP TRIGGER {name} ON {DELIVERY}", f"DROP FUNCTION {function}"],
    )


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_security"), ("conversations", "0006_search")]

    operations = [
        migrations.AddField("delivery", "first_in_line", models.BooleanField(default=True, editable=False)),
        migrations.AddField("delivery", "settling_until", models.DateTimeField(null=True)),
        migrations.AddField("delivery", "looks", models.PositiveSmallIntegerField(default=0)),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(
                condition=models.Q(settling_until=None) | models.Q(state="unknown"),
                name="delivery_settles_while_unknown",
            ),
        ),
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.RemoveIndex("delivery", "delivery_head_of_line"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["tenant", "channel", "due_at"],
                condition=models.Q(state="queued", first_in_line=True),
                name="delivery_next",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["conversation", "seq"],
                condition=models.Q(state__in=["queued", "sending"]) | models.Q(settling_until__isnull=False),
                name="delivery_line",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["due_at"], condition=models.Q(settling_until__isnull=False), name="delivery_settling"
            ),
        ),
        migrations.CreateModel(
            name="EarlyStatus",
            fields=[
                ("id", models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True,
                                        serialize=False)),
                ("ref", models.CharField(max_length=512)),
                ("state", models.CharField(max_length=10)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("channel", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE,
                                              related_name="+", to="connections.channel")),
                ("tenant", apps.core.models.OwnerKey(editable=False,
                                                     on_delete=django.db.models.deletion.CASCADE,
                                                     related_name="+", to="tenants.tenant")),
            ],
            options={
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["tenant", "channel", "ref", "state"], name="early_status_once"
                    )
                ],
            },
        ),
        tenant_table(EARLY),
        same_tenant_keys(EARLY, {"channel_id": "connections_channel"}),
        dispatch_reads(EARLY, ["tenant_id", "channel_id", "ref", "created_at"]),
        migrations.RunSQL(
            [
                f"GRANT SELECT (first_in_line, settling_until, ref), UPDATE (first_in_line, due_at) "
                f"ON {DELIVERY} TO {DISPATCH}",
                f"GRANT SELECT (first_in_line, settling_until, looks) ON {DELIVERY} TO comptoir_operator",
            ],
            migrations.RunSQL.noop,
        ),
        trigger(
            "delivery_takes_place", f"BEFORE INSERT ON {DELIVERY} FOR EACH ROW", "queue_take_place", TAKE_PLACE
        ),
        trigger(
            "delivery_moves_up",
            f"AFTER UPDATE ON {DELIVERY} REFERENCING OLD TABLE AS earlier NEW TABLE AS later "
            "FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)",
            "queue_move_up",
            AFTER_UPDATE,
        ),
        trigger(
            "delivery_closes_gap",
            f"AFTER DELETE ON {DELIVERY} REFERENCING OLD TABLE AS earlier FOR EACH STATEMENT",
            "queue_close_gap",
            AFTER_DELETE,
        ),
        definer_function("queue_mend_lines", "", "bigint", MEND),
        migrations.RunSQL(  # only its owner may
            [
                f"SET LOCAL ROLE {DISPATCH}",
                "DROP FUNCTION queue_claim_deliveries",
                f"SET LOCAL ROLE {OWNER}",
            ],
            migrations.RunSQL.noop,
        ),
        definer_function(
            "queue_claim_deliveries", "p_token uuid, p_limit integer, p_cap integer",
            "TABLE (tenant_id uuid, delivery_id uuid)", CLAIM,
        ),
        definer_function(
            "queue_claim_looks", "p_limit integer", "TABLE (tenant_id uuid, delivery_id uuid)", LOOKS
        ),
        definer_function("queue_early_tenants", "", "TABLE (tenant_id uuid)", EARLY_TENANTS),
    ]
