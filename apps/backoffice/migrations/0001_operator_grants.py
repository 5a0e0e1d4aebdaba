"""The operator's role may ask how old the queues are; it sees numbers, no rows."""

from django.db import migrations

FUNCTION = "queue_ages()"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_renew_leases")]

    operations = [
        # Granted by the role that owns the function.
        migrations.RunSQL(
            [
                "SET LOCAL ROLE comptoir_dispatch",
                f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO comptoir_operator",
                "SET LOCAL ROLE comptoir_owner",
            ],
            [
                "SET LOCAL ROLE comptoir_dispatch",
                f"REVOKE EXECUTE ON FUNCTION {FUNCTION} FROM comptoir_operator",
                "SET LOCAL ROLE comptoir_owner",
            ],
        ),
    ]
