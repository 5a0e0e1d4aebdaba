from django.db import migrations

from apps.core.rls import definer_function


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_security")]

    operations = [
        migrations.RunSQL(
            "GRANT SELECT (lease_token) ON conversations_delivery TO comptoir_dispatch",
            migrations.RunSQL.noop,
        ),
        definer_function(
            "queue_renew_leases", "p_tokens uuid[]", "bigint",
            """
            WITH renewed AS (
              UPDATE conversations_delivery SET lease_until = now() + interval '60 seconds'
               WHERE state = 'sending' AND lease_token = ANY (p_tokens) AND lease_until > now()
              RETURNING 1)
            SELECT count(*) FROM renewed
            """,
        ),
    ]
