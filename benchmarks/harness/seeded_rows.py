"""What `seeding.fill` writes, by table. Ids are hashes of numbers, or of a moment and a hash (UUIDv7)."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = (
    "tenants",
    "conversations",
    "messages",
    "small_conversations",
    "small_messages",
    "long",
    "open_share",
    "days",
)
TAGS = "ARRAY['adsl', 'fibre', 'sav', 'ventes', 'facturation', 'orders']"

FUNCTIONS = """
CREATE FUNCTION pg_temp.named(kind text, VARIADIC numbers bigint[]) RETURNS uuid LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN array_position(numbers, NULL) IS NULL
              THEN md5(kind || ' ' || array_to_string(numbers, ' '))::uuid END;
CREATE FUNCTION pg_temp.id7(at timestamptz, h text) RETURNS uuid LANGUAGE sql IMMUTABLE
  RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3)
          || '8' || substr(h, 4, 15))::uuid;
"""

TENANTS = """
CREATE TEMP TABLE seed_tenant AS
SELECT t, pg_temp.named('tenant', t) AS id,
       CASE t WHEN 0 THEN %(conversations)s ELSE %(small_conversations)s END::bigint AS conversations,
       CASE t WHEN 0 THEN %(messages)s - %(long)s ELSE %(small_messages)s END::bigint AS messages,
       CASE t WHEN 0 THEN %(long)s ELSE 0 END::bigint AS long,
       CASE t WHEN 0 THEN 40 ELSE 4 END AS members,
       CASE t WHEN 0 THEN 6 ELSE 2 END AS teams,
       CASE t WHEN 0 THEN least(greatest(%(conversations)s * %(open_share)s, 120), %(conversations)s)
              ELSE %(small_conversations)s / 2 END::bigint AS open,
       now() - make_interval(days => %(days)s) AS began, make_interval(days => %(days)s) AS span
  FROM generate_series(0, %(tenants)s - 1) t
"""

CONVERSATIONS = """
CREATE TEMP TABLE seed_conversation AS
SELECT t.t, i, t.id AS tenant_id,
       pg_temp.named('conversation', t.t, CASE WHEN i = t.conversations AND t.t > 0 THEN -1 ELSE i END) AS id,
       CASE WHEN i > t.conversations / 2 THEN i ELSE i + t.conversations / 2 END AS person,
       t.began + t.span * (i::float8 / (t.conversations + 1)) AS opened,
       i * t.messages / t.conversations - (i - 1) * t.messages / t.conversations
         + CASE WHEN i = t.conversations THEN t.long ELSE 0 END AS n,
       i > t.conversations - t.open AS open,
       CASE WHEN i <= t.conversations - t.open OR i % 5 > 1
            THEN 3 + i * 31 % (t.members - 2) END AS assignee,
       CASE WHEN i % 9 > 0 THEN 1 + i * 17 % t.teams END AS team,
       t.t::text || ' ' || i AS name
  FROM seed_tenant t, generate_series(1, t.conversations) i
"""

MESSAGES = """
CREATE TEMP TABLE seed_message AS
SELECT m.*, pg_temp.id7(at, md5('message ' || name || ' ' || seq)) AS id FROM (
  SELECT c.t, c.i, c.tenant_id, c.id AS conversation, c.name, seq, c.assignee, c.person, c.n,
         seq = 1 OR (seq + c.i) % 2 = 1 AS inbound,
         CASE WHEN seq = 1 THEN c.opened
              ELSE c.opened + (now() - c.opened) * least(1, seq * 0.02 / greatest(c.n, 10)) END AS at,
         (c.i * 7919 + seq * 104729) % (SELECT count(*) FROM seed_phrase) AS phrase
    FROM seed_conversation c, generate_series(1, c.n) seq) m
"""

PLANS = (
    CONVERSATIONS,
    "CREATE UNIQUE INDEX ON seed_conversation (id)",
    MESSAGES,
    "CREATE INDEX ON seed_message (conversation, seq)",
    "ANALYZE",
)


@dataclass(frozen=True, slots=True)
class Table:
    """`values` are SQL by column, over `source`. `traffic` rows are left out when nobody needs them."""

    name: str
    source: str
    values: dict[str, str]
    traffic: bool = False


_MEMBERS = "FROM seed_tenant t, generate_series(1, t.members) m"
_TEAMS = "FROM seed_tenant t, generate_series(1, t.teams) m"
_LAST = "FROM seed_conversation c JOIN seed_message m ON m.conversation = c.id AND m.seq = c.n"
_PHRASE = "JOIN seed_phrase p ON p.k = m.phrase"
_SAID = "p.words || CASE WHEN m.phrase % 5 = 0 THEN ' n° ' || m.i * 7 + m.seq ELSE '' END"
_PERSON = "FROM seed_conversation c WHERE c.i = c.person"
_MEMBER = "pg_temp.named('membership', {0}.t, {0}.assignee)"
_CHANNEL = "pg_temp.named('channel', {0}.t)"

TABLES = (
    Table(
        "tenants_tenant",
        "FROM seed_tenant t",
        {
            "id": "t.id",
            "slug": "'t' || t.t",
            "name": "'Société ' || t.t",
            "state": "'active'",
            "locale": "'fr'",
            "created_at": "t.began",
        },
    ),
    Table(
        "tenants_user",
        _MEMBERS,
        {
            "id": "pg_temp.named('user', t.t, m)",
            "email": "m || '@t' || t.t || '.example'",
            "name": "(SELECT words FROM seed_name WHERE k = m)",
            "password": "'!'",
            "is_active": "true",
        },
    ),
    Table(
        "tenants_membership",
        _MEMBERS,
        {
            "id": "pg_temp.named('membership', t.t, m)",
            "tenant_id": "t.id",
            "user_id": "pg_temp.named('user', t.t, m)",
            "role": "CASE m WHEN 1 THEN 'owner' WHEN 2 THEN 'supervisor' ELSE 'agent' END",
            "active": "true",
        },
    ),
    Table(
        "tenants_team",
        _TEAMS,
        {
            "id": "pg_temp.named('team', t.t, m)",
            "tenant_id": "t.id",
            "name": "'Équipe ' || m",
            "slug": "'equipe-' || m",
            "is_default": "m = 1",
        },
    ),
    Table(
        "tenants_teammember",
        f"{_MEMBERS}, generate_series(0, 1) two WHERE m > 2",
        {
            "tenant_id": "t.id",
            "membership_id": "pg_temp.named('membership', t.t, m)",
            "team_id": "pg_temp.named('team', t.t, 1 + (m + two) % t.teams)",
        },
    ),
    Table(
        "connections_channel",
        "FROM seed_tenant t",
        {
            "id": _CHANNEL.format("t"),
            "tenant_id": "t.id",
            "platform": "'webchat'",
            "name": "'Site'",
            "key": "'seededchannel' || t.t",
            "address": "'seededchannel' || t.t",
            "state": "'live'",
            "health": "'good'",
        },
    ),
    Table(
        "routing_routingrule",
        f"FROM seed_tenant t, unnest({TAGS}) WITH ORDINALITY u (tag, k) WHERE k <= t.teams",
        {"tenant_id": "t.id", "tag": "u.tag", "team_id": "pg_temp.named('team', t.t, u.k)"},
    ),
    Table(
        "conversations_contact",
        _PERSON,
        {
            "id": "pg_temp.named('contact', c.t, c.person)",
            "tenant_id": "c.tenant_id",
            "name": "CASE WHEN c.i % 5 < 2 THEN "
            "(SELECT words FROM seed_name WHERE k = c.i % 110) ELSE '' END",
            "locale": "CASE WHEN c.i % 5 < 3 THEN 'fr-FR' ELSE 'en-GB' END",
            "created_at": "c.opened",
        },
    ),
    Table(
        "conversations_contactaddress",
        _PERSON,
        {
            "id": "pg_temp.named('address', c.t, c.person)",
            "tenant_id": "c.tenant_id",
            "contact_id": "pg_temp.named('contact', c.t, c.person)",
            "channel_id": _CHANNEL.format("c"),
            "value": "'visitor-' || c.person",
            "reachable": "c.i % 20 > 0",
            "last_inbound_at": "c.opened",
            "created_at": "c.opened",
        },
    ),
    Table(
        "conversations_conversation",
        f"{_LAST} {_PHRASE} ORDER BY c.opened",
        {
            "id": "c.id",
            "tenant_id": "c.tenant_id",
            "channel_id": _CHANNEL.format("c"),
            "contact_id": "pg_temp.named('contact', c.t, c.person)",
            "address_id": "pg_temp.named('address', c.t, c.person)",
            "status": "CASE WHEN NOT c.open THEN 'closed' WHEN c.assignee IS NULL THEN 'waiting' "
            "ELSE 'open' END",
            "team_id": "pg_temp.named('team', c.t, c.team)",
            "assignee_id": _MEMBER.format("c"),
            "holder_kind": "CASE WHEN c.assignee IS NULL THEN 'queue' ELSE 'member' END",
            "fence": "1",
            "tag": f"CASE WHEN c.team IS NULL THEN '' ELSE ({TAGS})[c.team] END",
            "locale": "CASE WHEN c.i % 5 < 3 THEN 'fr-FR' ELSE 'en-GB' END",
            "last_seq": "c.n",
            "opened_at": "c.opened",
            "closed_at": "CASE WHEN NOT c.open THEN m.at END",
            "last_message_at": "m.at",
            "last_inbound_at": "m.at",
            "last_inbound_seq": "c.n",
            "needs_answer_since": "CASE WHEN c.open AND m.inbound THEN m.at END",
            "preview": f"left({_SAID}, 160)",
            "preview_kind": "'text'",
            "preview_direction": "CASE WHEN m.inbound THEN 'in' ELSE 'out' END",
        },
    ),
    Table(
        "conversations_readmark",
        "FROM seed_conversation c WHERE c.assignee IS NOT NULL AND (c.open OR c.i % 4 = 0)",
        {
            "tenant_id": "c.tenant_id",
            "conversation_id": "c.id",
            "membership_id": _MEMBER.format("c"),
            "seq": "greatest(c.n - 3, 1)",
        },
    ),
    Table(
        "conversations_message",
        f"FROM seed_message m {_PHRASE} ORDER BY m.at",
        {
            "id": "m.id",
            "tenant_id": "m.tenant_id",
            "conversation_id": "m.conversation",
            "channel_id": _CHANNEL.format("m"),
            "seq": "m.seq",
            "direction": "CASE WHEN m.inbound THEN 'in' ELSE 'out' END",
            "author_kind": "CASE WHEN m.inbound THEN 'contact' ELSE 'member' END",
            "author_id": f"CASE WHEN NOT m.inbound THEN {_MEMBER.format('m')} END",
            "client_id": "CASE WHEN NOT m.inbound THEN m.id END",
            "ref": "CASE WHEN m.inbound THEN m.name || '-' || m.seq END",
            "text": _SAID,
            "said_at": "m.at",
            "created_at": "m.at",
        },
    ),
    Table(
        "conversations_delivery",
        "FROM seed_message m WHERE NOT m.inbound ORDER BY m.at",
        {
            "id": "pg_temp.id7(m.at, md5('delivery ' || m.id))",
            "tenant_id": "m.tenant_id",
            "message_id": "m.id",
            "conversation_id": "m.conversation",
            "channel_id": _CHANNEL.format("m"),
            "seq": "m.seq * 1000",
            "part": """'{"kind": "text", "text": "x", "media": null, "card": null, "template": null}'""",
            "retry_class": "'K'",
            "decision": """'{"allow": true, "rule": ""}'""",
            "state": "'delivered'",
            "attempt": "1",
            "due_at": "m.at",
            "ref": "m.name || '-' || m.seq",
            "created_at": "m.at",
            "sent_at": "m.at",
            "updated_at": "m.at",
        },
        traffic=True,
    ),
    Table(
        "connections_receivedwebhook",
        "FROM seed_message m WHERE m.inbound AND m.i % 10 = 0",
        {
            "id": "pg_temp.id7(m.at, md5('webhook ' || m.id))",
            "tenant_id": "m.tenant_id",
            "channel_id": _CHANNEL.format("m"),
            "dedup_key": "m.id::text",
            "received_at": "m.at",
            "raw": """'{"text": "x"}'""",
            "state": "'done'",
            "due_at": "m.at",
            "handled_at": "m.at",
        },
        traffic=True,
    ),
    Table(
        "conversations_streamevent",
        "FROM seed_message m ORDER BY m.at",
        {
            "id": "pg_temp.id7(m.at, md5('event ' || m.id))",
            "tenant_id": "m.tenant_id",
            "seq": "row_number() OVER (PARTITION BY m.tenant_id ORDER BY m.at, m.id)",
            "kind": "CASE WHEN m.inbound THEN 'MessageReceived' ELSE 'MessageSent' END",
            "conversation_id": "m.conversation",
            "data": "jsonb_build_object('message', m.id, 'seq', m.seq)",
            "at": "m.at",
        },
        traffic=True,
    ),
    Table(
        "conversations_streamcounter",
        "FROM seed_tenant t LEFT JOIN public.conversations_streamevent e ON e.tenant_id = t.id GROUP BY t.id",
        {"tenant_id": "t.id", "last_seq": "coalesce(max(e.seq), 0)"},
    ),
)
