from django.db import migrations

from apps.core.rls import (
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    tenant_table,
    tenant_unique,
)

TABLES = ["account", "phone", "thread", "file", "message", "post", "fault", "wire"]


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0001_initial"), ("tenants", "0002_security")]

    operations = [
        *[tenant_table(f"sandbox_sandbox{name}") for name in TABLES],
        *[tenant_unique(f"sandbox_sandbox{name}") for name in ("account", "phone", "thread", "file")],
        same_tenant_keys(
            "sandbox_sandboxthread",
            {"account_id": "sandbox_sandboxaccount", "phone_id": "sandbox_sandboxphone"},
        ),
        same_tenant_keys("sandbox_sandboxfile", {"account_id": "sandbox_sandboxaccount"}),
        same_tenant_keys(
            "sandbox_sandboxmessage",
            {"thread_id": "sandbox_sandboxthread", "file_id": "sandbox_sandboxfile"},
        ),
        same_tenant_keys(
            "sandbox_sandboxpost",
            {"account_id": "sandbox_sandboxaccount", "thread_id": "sandbox_sandboxthread"},
        ),
        same_tenant_keys("sandbox_sandboxfault", {"account_id": "sandbox_sandboxaccount"}),
        same_tenant_keys("sandbox_sandboxwire", {"account_id": "sandbox_sandboxaccount"}),
        dispatch_reads("sandbox_sandboxaccount", ["id", "tenant_id", "platform", "key"]),
        dispatch_reads("sandbox_sandboxpost", ["id", "tenant_id", "thread_id", "loose", "due_at"]),
        definer_function(
            "door_sandbox_account", "p_platform text, p_key text",
            "TABLE (tenant_id uuid, account_id uuid)",
            "SELECT tenant_id, id FROM sandbox_sandboxaccount "
            "WHERE platform = p_platform AND key = p_key ORDER BY id LIMIT 1",
        ),
        definer_function(
            "queue_sandbox_tenants", "", "TABLE (tenant_id uuid, due_at timestamptz)",
            """
            SELECT p.tenant_id, min(p.due_at) FROM sandbox_sandboxpost p
             WHERE p.loose OR NOT EXISTS (SELECT 1 FROM sandbox_sandboxpost e
               WHERE e.tenant_id = p.tenant_id AND e.thread_id = p.thread_id AND NOT e.loose AND e.id < p.id)
             GROUP BY p.tenant_id
            """,
        ),
    ]
