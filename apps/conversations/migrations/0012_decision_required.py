"""A delivery without a decision is refused: what is not there compares as NULL, which a check lets pass."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_shorter_lease")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_has_allowing_decision"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(decision__allow=True, decision__has_key="allow"),
                name="delivery_has_allowing_decision",
            ),
        ),
    ]
