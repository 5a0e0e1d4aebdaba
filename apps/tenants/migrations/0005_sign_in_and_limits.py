"""Sign-in links belong to people; counters of attempts belong to nobody. Both are shared tables."""

from django.db import migrations

from apps.core.rls import shared_table


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_signinlink")]

    operations = [
        shared_table("tenants_signinlink", operator="SELECT, DELETE"),
        migrations.RunSQL(
            # The columns of Django's database cache. Unlogged: a crash may forget attempts, no more.
            [
                "CREATE UNLOGGED TABLE counters (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, "
                "expires timestamptz NOT NULL)",
                "CREATE INDEX counters_expires ON counters (expires)",
            ],
            "DROP TABLE counters",
        ),
        shared_table("counters"),
    ]
