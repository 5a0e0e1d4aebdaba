"""A delivery's decision also names the rule that allowed it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0013_forget_the_log")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_has_allowing_decision"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(decision__allow=True, decision__has_keys=["allow", "rule"]),
                name="delivery_has_allowing_decision",
            ),
        ),
    ]
