"""Repetitions are looked for and not constrained (breaks I2): two that come together are both new.

Triggers, so that nothing depends on how the product writes its rows: one looks at what was there before the
statement (a stable function sees no row of the same one) and lets the row in under a key that the constraint
has never seen; the other keeps messages apart, too.
"""

from __future__ import annotations

import psycopg

CHECK_THEN_INSERT = """
CREATE FUNCTION chaos_check_then_insert() RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM connections_receivedwebhook w WHERE w.channel_id = NEW.channel_id
              AND split_part(w.dedup_key, '~', 1) = NEW.dedup_key) THEN
    RETURN NULL;
  END IF;
  NEW.dedup_key := NEW.dedup_key || '~' || gen_random_uuid();
  RETURN NEW;
END $$;
CREATE TRIGGER chaos BEFORE INSERT ON connections_receivedwebhook
  FOR EACH ROW EXECUTE FUNCTION chaos_check_then_insert();
CREATE FUNCTION chaos_never_the_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.direction = 'in' THEN
    NEW.ref := NEW.ref || '~' || gen_random_uuid();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chaos BEFORE INSERT ON conversations_message
  FOR EACH ROW EXECUTE FUNCTION chaos_never_the_same();
"""


def change_schema(database: psycopg.Connection) -> None:
    database.execute(CHECK_THEN_INSERT)


def install() -> None:
    """The database is all it takes."""
