import apps.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_sign_in_and_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="IsolationProof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("finished_at", models.DateTimeField()),
                ("passed", models.BooleanField()),
                ("code", models.CharField(max_length=64)),
                ("facts", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["-finished_at"], name="isolation_proof_latest")],
            },
        ),
        # Of no tenant, read by all. What was found once is not rewritten.
        migrations.RunSQL(
            "GRANT SELECT, INSERT ON tenants_isolationproof TO comptoir_app",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "GRANT SELECT ON tenants_isolationproof TO comptoir_operator",
            migrations.RunSQL.noop,
        ),
    ]
