"""Search by words, accents folded, in any language (docs/decisions/0009).

Inverted indexes over lexemes that begin with the tenant (and, for messages, with the three days they were
written in), because row security cannot use such an index and because only so the cost of a search depends
on the tenant's own rows, newest first. Nothing is stored twice: the index follows the text by itself.
"""

from django.db import migrations, models

from apps.core.rls import SEARCH, definer_function, search_reads

MESSAGE, CONTACT, CONVERSATION = (
    "conversations_message",
    "conversations_contact",
    "conversations_conversation",
)
TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"

# Everything that separates words, by code point: classes like [:alnum:] depend on the database's locale.
SEPARATORS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u02b9-\u02ff\u2000-\u206f\u2190-\u2bff\u3000-\u303f]+"
)

WORDS = rf"""
CREATE FUNCTION search_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    replace(replace(replace(
      lower(regexp_replace(normalize(left(said, 20000), NFKD), '[\u0300-\u036f]', '', 'g')),
      'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
    '{SEPARATORS}', ' ', 'g'))
"""

# A lexeme longer than 2 kB would refuse the row, so words are cut; hardly any message has one to cut.
KEYS = """
CREATE FUNCTION search_keys(prefix text, words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN words = '' THEN '{}' ELSE string_to_array(
    prefix || replace(
      CASE WHEN words ~ '[^ ]{33}' THEN regexp_replace(words, '([^ ]{32})[^ ]+', '\\1', 'g') ELSE words END,
      ' ', ' ' || prefix),
    ' ') END
"""

MESSAGE_LEXEMES = """
CREATE FUNCTION search_message(tenant uuid, id uuid, said text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  array_to_tsvector(public.search_keys(right(tenant::text, 8) || left(id::text, 5), public.search_words(said)))
"""

CONTACT_LEXEMES = """
CREATE FUNCTION search_contact(tenant uuid, id uuid, name text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  array_to_tsvector(public.search_keys(right(tenant::text, 8) || 'n', public.search_words(name))
                    || (right(tenant::text, 8) || 'c' || reverse(right(id::text, 12))))
"""

# "@" stands for what lexemes begin with. Three letters are enough for the beginning of a word; a plural's
# "s" is left out, so that "factures" finds "facture".
QUERY = """
CREATE FUNCTION search_query(asked text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT coalesce(string_agg(
           '''@' || CASE WHEN w ~ '^[a-z]{4,}s$' THEN left(w, -1) ELSE left(w, 32) END || ''''
           || CASE WHEN length(w) >= 3 THEN ':*' ELSE '' END, ' & '), '')
    FROM unnest((string_to_array(public.search_words(asked), ' '))[1:8]) w WHERE w <> '';
END
"""

ASKED = "p_words text, p_limit integer, p_all boolean, p_member uuid, p_teams uuid[]"
SEEN = "(p_all OR {0}.assignee_id = p_member OR {0}.team_id IS NULL OR {0}.team_id = ANY (p_teams))"

# Slice by slice, newest first, until there are enough conversations or ten thousand messages were looked at.
# The tenant's own condition is written so that it cannot choose the index; only the lexemes may.
SAID = f"""
DECLARE
  v_tenant uuid := {TENANT};
  v_query text := search_query(p_words);
  v_found uuid[] := '{{}}';
  v_looked bigint := 0;
  v_slice text;
  v_last uuid;
  v_row record;
BEGIN
  IF v_tenant IS NULL OR v_query = '' THEN RETURN; END IF;
  SELECT m.id INTO v_last FROM conversations_message m WHERE m.tenant_id = v_tenant
   ORDER BY m.id DESC LIMIT 1;
  WHILE v_last IS NOT NULL LOOP
    v_slice := left(v_last::text, 5);
    FOR v_row IN
      SELECT s.id, s.n, (SELECT true FROM conversations_conversation c
                          WHERE c.tenant_id = v_tenant AND c.id = s.id AND {SEEN.format("c")}) AS seen
        FROM (SELECT m.conversation_id AS id, count(*) AS n FROM conversations_message m
               WHERE search_message(m.tenant_id, m.id, m.text)
                     @@ replace(v_query, '@', right(v_tenant::text, 8) || v_slice)::tsquery
                 AND (m.tenant_id = v_tenant) IS TRUE
               GROUP BY m.conversation_id ORDER BY max(m.created_at) DESC) s
    LOOP
      v_looked := v_looked + v_row.n;
      IF v_row.seen AND NOT v_row.id = ANY (v_found) THEN
        v_found := v_found || v_row.id;
      END IF;
      EXIT WHEN cardinality(v_found) >= p_limit;
    END LOOP;
    EXIT WHEN cardinality(v_found) >= p_limit OR v_looked >= 10000;
    SELECT m.id INTO v_last FROM conversations_message m
     WHERE m.tenant_id = v_tenant AND m.id < (v_slice || '000-0000-0000-0000-000000000000')::uuid
     ORDER BY m.id DESC LIMIT 1;
  END LOOP;
  RETURN QUERY SELECT unnest(v_found);
END
"""

# At most a thousand customers of that name.
CALLED = f"""
DECLARE
  v_tenant uuid := {TENANT};
  v_tag text := right(v_tenant::text, 8);
  v_query text := replace(search_query(p_words), '@', v_tag || 'n');
  v_code text := CASE WHEN p_code ~ '^[0-9a-f]{{2,12}}$' THEN '''' || v_tag || 'c' || reverse(p_code) || ''':*' END;
BEGIN
  IF v_tenant IS NULL OR v_query = '' THEN RETURN; END IF;
  RETURN QUERY
  SELECT v.id
    FROM (SELECT p.id FROM conversations_contact p
           WHERE search_contact(p.tenant_id, p.id, p.name) @@ concat_ws(' | ', v_query, v_code)::tsquery
             AND (p.tenant_id = v_tenant) IS TRUE LIMIT 1000) p
   CROSS JOIN LATERAL (
         SELECT c.id, c.last_message_at FROM conversations_conversation c
          WHERE c.tenant_id = v_tenant AND c.contact_id = p.id AND {SEEN.format("c")}
          ORDER BY c.opened_at DESC LIMIT 20) v
   ORDER BY v.last_message_at DESC LIMIT p_limit;
END
"""

# From tag to tag: a tenant has few, however many conversations carry them.
TAGGED = f"""
DECLARE
  v_tenant uuid := {TENANT};
  v_words text := replace(search_words(p_words), ' ', '');
  v_tag text := '';
BEGIN
  IF v_tenant IS NULL OR v_words = '' THEN RETURN; END IF;
  FOR i IN 1..1000 LOOP
    SELECT c.tag INTO v_tag FROM conversations_conversation c
     WHERE c.tenant_id = v_tenant AND c.tag > v_tag ORDER BY c.tag LIMIT 1;
    EXIT WHEN v_tag IS NULL;
    CONTINUE WHEN strpos(replace(search_words(v_tag), ' ', ''), v_words) = 0;
    RETURN QUERY
    SELECT c.id FROM conversations_conversation c
     WHERE c.tenant_id = v_tenant AND c.tag = v_tag AND {SEEN.format("c")}
     ORDER BY c.last_message_at DESC LIMIT p_limit;
  END LOOP;
END
"""


def plain_function(name: str, create: str) -> migrations.RunSQL:
    return migrations.RunSQL(create, f"DROP FUNCTION {name}")


# One plan for every slice: making it anew costs ten times what it then takes.
LANGUAGE = "plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_seqscan = off"


def search_function(name: str, arguments: str, body: str) -> migrations.RunSQL:
    returns = "TABLE (conversation_id uuid)"
    return definer_function(name, arguments, returns, body, language=LANGUAGE, owner=SEARCH)


def inverted(name: str, table: str, lexemes: str) -> migrations.RunSQL:
    """Without a pending list, which every search would have to read from end to end."""
    return migrations.RunSQL(
        f"CREATE INDEX {name} ON {table} USING gin ({lexemes}) WITH (fastupdate = off)", f"DROP INDEX {name}"
    )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_unsent_uploads")]

    operations = [
        plain_function("search_words", WORDS),
        plain_function("search_keys", KEYS),
        plain_function("search_message", MESSAGE_LEXEMES),
        plain_function("search_contact", CONTACT_LEXEMES),
        plain_function("search_query", QUERY),
        inverted("message_words", MESSAGE, "search_message(tenant_id, id, text)"),
        inverted("contact_words", CONTACT, "search_contact(tenant_id, id, name)"),
        migrations.AddIndex(
            "conversation",
            models.Index(fields=["tenant", "tag", "-last_message_at"], name="conversation_tagged"),
        ),
        search_reads(MESSAGE, ["id", "tenant_id", "conversation_id", "text", "created_at"]),
        search_reads(CONTACT, ["id", "tenant_id", "name"]),
        search_reads(
            CONVERSATION,
            ["id", "tenant_id", "contact_id", "team_id", "assignee_id", "tag", "opened_at", "last_message_at"],
        ),
        search_function("search_said", ASKED, SAID),
        search_function("search_called", f"{ASKED}, p_code text", CALLED),
        search_function("search_tagged", ASKED, TAGGED),
    ]
