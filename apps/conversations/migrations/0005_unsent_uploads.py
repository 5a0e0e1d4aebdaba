from django.db import migrations

from apps.core.rls import definer_function


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_renew_leases")]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT (message_id, created_at) ON conversations_attachment TO comptoir_dispatch",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "CREATE INDEX attachment_unsent ON conversations_attachment (created_at) "
            "WHERE message_id IS NULL",
            "DROP INDEX attachment_unsent",
        ),
        definer_function(
            "queue_unsent_uploads", "p_limit integer", "TABLE (tenant_id uuid, attachment_id uuid)",
            """
            SELECT u.tenant_id, u.id FROM conversations_attachment u
             WHERE u.message_id IS NULL AND u.created_at < now() - interval '24 hours'
             ORDER BY u.created_at LIMIT p_limit
            """,
        ),
    ]
