"""Each inbox view in the order in which it is shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0008_operator_sees_rings"),
        ("conversations", "0007_lines"),
        ("tenants", "0005_sign_in_and_limits"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_open_recent",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_mine",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conversation_closed_recent",
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["tenant", "needs_answer_since", "-last_message_at"],
                name="conversation_open_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["tenant", "assignee", "needs_answer_since", "-last_message_at"],
                name="conversation_mine_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "closed"), _negated=True),
                fields=["tenant", "team", "needs_answer_since", "-last_message_at"],
                name="conversation_team_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(models.Q(("status", "closed"), _negated=True), ("assignee", None)),
                fields=["tenant", "needs_answer_since", "-last_message_at"],
                name="conversation_unassigned_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "closed")),
                fields=["tenant", "needs_answer_since", "-last_message_at"],
                name="conversation_closed_list",
            ),
        ),
    ]
