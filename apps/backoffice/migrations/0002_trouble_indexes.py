"""Operators look at what got stuck, over all tenants: a few rows among millions that arrived.

Partial, so that a message that simply goes out never touches these indexes.
"""

from django.db import migrations


def _index(name: str, on: str, where: str) -> migrations.RunSQL:
    return migrations.RunSQL(f"CREATE INDEX {name} ON {on} WHERE {where}", f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_operator_grants"), ("connections", "0005_shared_door")]

    operations = [
        _index(
            "delivery_stuck",
            "conversations_delivery (updated_at)",
            "state IN ('failed', 'unknown', 'parked')",
        ),
        _index("webhook_dead", "connections_receivedwebhook (received_at)", "state = 'dead'"),
    ]
