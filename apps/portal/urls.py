"""What owners and admins set up, under /<tenant>/setup/."""

from django.urls import URLPattern, URLResolver, include, path

from apps.portal.views import audit, isolation, person, team, teams, tokens

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("apps.portal.urls_connections")),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite_person, name="invite"),
    path("team/invitations/<uuid:pk>/resend/", team.resend_invitation, name="invitation-resend"),
    path("team/invitations/<uuid:pk>/revoke/", team.revoke_invitation, name="invitation-revoke"),
    path("team/people/<uuid:pk>/", person.person, name="person"),
    path("team/people/<uuid:pk>/deactivate/", person.deactivate, name="person-deactivate"),
    path("team/people/<uuid:pk>/activate/", person.activate, name="person-activate"),
    path("team/new/", teams.new_team, name="team-new"),
    path("team/teams/<uuid:pk>/", teams.edit_team, name="team-edit"),
    path("team/teams/<uuid:pk>/default/", teams.make_default_team, name="team-default"),
    path("team/teams/<uuid:pk>/delete/", teams.delete_team, name="team-delete"),
    path("tokens/", tokens.list_tokens, name="tokens"),
    path("tokens/new/", tokens.issue_token, name="token-issue"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke_token, name="token-revoke"),
    path("audit/", audit.audit_log, name="audit"),
    path("audit/isolation/", isolation.isolation_proof, name="isolation"),
    path("audit/export.<str:kind>", audit.export_audit, name="audit-export"),
    path("audit/grants/<uuid:pk>/end/", audit.end_grant, name="grant-end"),
]
