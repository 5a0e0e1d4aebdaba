"""Tables of Django and allauth: they belong to people, not to tenants."""

from django.db import migrations

from apps.core.rls import shared_table

TABLES = [
    "django_content_type",
    "django_session",
    "django_admin_log",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
]


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_security"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [shared_table(table) for table in TABLES] + [
        migrations.RunSQL(
            "GRANT SELECT ON django_migrations TO comptoir_app, comptoir_operator",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO comptoir_app, comptoir_operator",
            migrations.RunSQL.noop,
        ),
    ]
