"""What the console asks, written by hand for one tenant's owner, to be run past row-level security."""

from __future__ import annotations

_LISTED = """
SELECT c.id, c.tenant_id, c.channel_id, c.contact_id, c.address_id, c.status, c.team_id, c.assignee_id, c.tag,
       c.holder_kind, c.fence, c.locale, c.last_seq, c.last_message_at, c.needs_answer_since, c.preview,
       c.preview_kind, c.preview_direction, p.id, p.name, a.id, a.reachable, h.id, h.platform, m.id,
       m.user_id, u.id, u.name, u.email, t.id, t.name, coalesce(r.seq, 0) AS read_seq,
       (SELECT count(*) FROM conversations_message s WHERE s.tenant_id = %(tenant)s
           AND s.conversation_id = c.id AND s.direction = 'in') AS inbound,
       (SELECT count(*) FROM conversations_message s WHERE s.tenant_id = %(tenant)s
           AND s.conversation_id = c.id AND s.direction = 'in' AND s.seq > coalesce(r.seq, 0)) AS unread
  FROM (SELECT * FROM conversations_conversation WHERE tenant_id = %(tenant)s AND {where}
         ORDER BY needs_answer_since, last_message_at DESC LIMIT 101) c
  JOIN conversations_contact p ON p.id = c.contact_id
  JOIN conversations_contactaddress a ON a.id = c.address_id
  JOIN connections_channel h ON h.id = c.channel_id
  LEFT JOIN tenants_membership m ON m.id = c.assignee_id
  LEFT JOIN tenants_user u ON u.id = m.user_id
  LEFT JOIN tenants_team t ON t.id = c.team_id
  LEFT JOIN conversations_readmark r
    ON r.tenant_id = %(tenant)s AND r.conversation_id = c.id AND r.membership_id = %(member)s
 ORDER BY c.needs_answer_since, c.last_message_at DESC
"""

_SHOWN_MESSAGES = """
    SELECT id FROM conversations_message WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s
     ORDER BY seq DESC LIMIT 51
"""

# Each is asked in one transaction.
QUERIES = {
    "list, all": [_LISTED.format(where="status <> 'closed'")],
    "list, mine": [_LISTED.format(where="status <> 'closed' AND assignee_id = %(member)s")],
    "list, unassigned": [_LISTED.format(where="status <> 'closed' AND assignee_id IS NULL")],
    "list, closed": [_LISTED.format(where="status = 'closed'")],
    "list, team": [_LISTED.format(where="status <> 'closed' AND team_id = %(team)s")],
    "thread": [
        """
        SELECT m.*, r.* FROM conversations_message m LEFT JOIN conversations_message r ON r.id = m.reply_to_id
         WHERE m.tenant_id = %(tenant)s AND m.conversation_id = %(conversation)s
         ORDER BY m.seq DESC LIMIT 51
        """,
        f"SELECT * FROM conversations_attachment WHERE message_id IN ({_SHOWN_MESSAGES}) ORDER BY position",
        f"SELECT * FROM conversations_delivery WHERE message_id IN ({_SHOWN_MESSAGES})",
    ],
    "counts": [
        """
        SELECT team_id, assignee_id, count(*), count(needs_answer_since) FROM conversations_conversation
         WHERE tenant_id = %(tenant)s AND status <> 'closed' GROUP BY team_id, assignee_id
        """
    ],
}
