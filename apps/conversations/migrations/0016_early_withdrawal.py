"""What customers took back before it came."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import apps.core.ids
import apps.core.models
from apps.core.rls import definer_function, dispatch_reads, same_tenant_keys, tenant_table

EARLY = "conversations_earlywithdrawal"

OLD = """
SELECT DISTINCT e.tenant_id FROM public.conversations_earlywithdrawal e WHERE e.created_at < p_before
"""


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_security"), ("conversations", "0015_marketing_stopped")]

    operations = [
        migrations.CreateModel(
            name="EarlyWithdrawal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ref", models.CharField(max_length=512)),
                ("at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.channel",
                    ),
                ),
                (
                    "tenant",
                    apps.core.models.OwnerKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=["tenant", "channel", "ref"], name="early_withdrawal_once")
                ],
            },
        ),
        tenant_table(EARLY),
        same_tenant_keys(EARLY, {"channel_id": "connections_channel"}),
        dispatch_reads(EARLY, ["tenant_id", "created_at"]),
        definer_function("queue_early_withdrawals", "p_before timestamptz", "TABLE (tenant_id uuid)", OLD),
    ]
