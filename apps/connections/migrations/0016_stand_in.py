"""A channel that carries what another cannot bring to a customer."""

import django.db.models.deletion
from django.db import migrations, models

from apps.core.rls import same_tenant_keys


class Migration(migrations.Migration):
    dependencies = [("connections", "0015_tag_codes")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="stand_in",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="connections.channel",
            ),
        ),
        same_tenant_keys("connections_channel", {"stand_in_id": "connections_channel"}),
    ]
