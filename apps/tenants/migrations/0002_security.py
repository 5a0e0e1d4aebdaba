from django.db import migrations

from apps.core.rls import (
    definer_function,
    dispatch_reads,
    same_tenant_keys,
    shared_table,
    tenant_table,
    tenant_unique,
)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        shared_table("tenants_user"),
        shared_table("tenants_user_groups"),
        shared_table("tenants_user_user_permissions"),
        tenant_table("tenants_tenant", column="id", grant="SELECT, INSERT, UPDATE",
                     operator="SELECT, UPDATE"),
        tenant_table("tenants_membership", operator="SELECT, UPDATE"),
        tenant_table("tenants_team", operator="SELECT"),
        tenant_table("tenants_teammember", operator="SELECT"),
        tenant_table("tenants_invitation"),
        tenant_table("tenants_apitoken"),
        tenant_table("tenants_supportgrant", operator="SELECT, INSERT, UPDATE"),
        tenant_table("tenants_auditentry", grant="SELECT, INSERT", operator="SELECT"),
        tenant_unique("tenants_membership"),
        tenant_unique("tenants_team"),
        same_tenant_keys("tenants_teammember",
                         {"team_id": "tenants_team", "membership_id": "tenants_membership"}),
        same_tenant_keys("tenants_invitation",
                         {"team_id": "tenants_team", "invited_by_id": "tenants_membership"}),
        same_tenant_keys("tenants_apitoken", {"created_by_id": "tenants_membership"}),
        dispatch_reads("tenants_tenant", ["id", "slug", "name", "state"]),
        dispatch_reads("tenants_membership", ["id", "tenant_id", "user_id", "role", "active"]),
        dispatch_reads("tenants_apitoken", ["id", "tenant_id", "token_hash"]),
        dispatch_reads("tenants_invitation", ["id", "tenant_id", "token_hash"]),
        definer_function(
            "door_tenant", "p_slug text", "TABLE (tenant_id uuid)",
            "SELECT id FROM tenants_tenant WHERE slug = p_slug",
        ),
        definer_function(
            "door_membership", "p_user uuid, p_slug text",
            "TABLE (tenant_id uuid, membership_id uuid)",
            "SELECT t.id, m.id FROM tenants_tenant t JOIN tenants_membership m ON m.tenant_id = t.id "
            "WHERE t.slug = p_slug AND m.user_id = p_user AND m.active",
        ),
        definer_function(
            "door_memberships", "p_user uuid",
            "TABLE (tenant_id uuid, membership_id uuid, slug text, name text, role text)",
            "SELECT t.id, m.id, t.slug, t.name, m.role FROM tenants_tenant t "
            "JOIN tenants_membership m ON m.tenant_id = t.id "
            "WHERE m.user_id = p_user AND m.active ORDER BY t.name",
        ),
        definer_function(
            "door_api_token", "p_hash bytea", "TABLE (tenant_id uuid, token_id uuid)",
            "SELECT tenant_id, id FROM tenants_apitoken WHERE token_hash = p_hash",
        ),
        definer_function(
            "door_invitation", "p_hash bytea", "TABLE (tenant_id uuid, invitation_id uuid)",
            "SELECT tenant_id, id FROM tenants_invitation WHERE token_hash = p_hash",
        ),
    ]
