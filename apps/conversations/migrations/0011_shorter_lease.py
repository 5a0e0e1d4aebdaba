"""A send's lease lasts 30 seconds: with the 25 that a call may take, who waited is told within a minute.

Only that number changes in the two functions that give it; their text stands in 0007 and 0004.
"""

from django.db import migrations

from apps.core.rls import DISPATCH, OWNER

REPLACE = """
DO $$
DECLARE given regprocedure;
BEGIN
  FOREACH given IN ARRAY ARRAY['queue_claim_deliveries(uuid, integer, integer)'::regprocedure,
                               'queue_renew_leases(uuid[])'::regprocedure] LOOP
    IF position('{old} seconds' IN pg_get_functiondef(given)) = 0 THEN
      RAISE EXCEPTION 'no lease of {old} seconds in %', given;
    END IF;
    EXECUTE replace(pg_get_functiondef(given), '{old} seconds', '{new} seconds');
  END LOOP;
END $$
"""


def give(*, old: int, new: int) -> list[str]:
    """As the functions' owner, who alone may replace them."""
    return [
        f"SET LOCAL ROLE {DISPATCH}",
        REPLACE.format(old=old, new=new),
        f"SET LOCAL ROLE {OWNER}",
    ]


class Migration(migrations.Migration):
    dependencies = [("conversations", "0010_widened_events")]

    operations = [migrations.RunSQL(give(old=60, new=30), give(old=30, new=60))]
