"""First steps, channels, entry points and buttons, below /<tenant>/setup/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.portal.views import (
    buttons,
    channel,
    channel_moving,
    channel_settings,
    channels,
    codes,
    costs,
    entry_points,
    identity,
    onboarding,
    templates,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", onboarding.onboarding, name="onboarding"),
    path("channels/", channels.channels, name="channels"),
    path("channels/costs/", costs.costs, name="costs"),
    path("channels/new/<slug:platform>/", channels.start, name="channel-start"),
    path("channels/<uuid:pk>/", channel.channel, name="channel"),
    path("channels/<uuid:pk>/connect/", channels.connect_page, name="channel-connect"),
    path("channels/<uuid:pk>/rename/", channel.rename, name="channel-rename"),
    path("channels/<uuid:pk>/check/", channel.check, name="channel-check"),
    path("channels/<uuid:pk>/disable/", channel.disable, name="channel-disable"),
    path("channels/<uuid:pk>/enable/", channel.enable, name="channel-enable"),
    path("channels/<uuid:pk>/discard/", channel.discard, name="channel-discard"),
    path("channels/<uuid:pk>/redirect/", channel_moving.redirect, name="channel-redirect"),
    path("channels/<uuid:pk>/stand-in/", channel_moving.choose_stand_in, name="channel-stand-in"),
    path("channels/<uuid:pk>/retire/", channel_moving.retire, name="channel-retire"),
    path("channels/<uuid:pk>/greeting/", channel_settings.greeting, name="channel-greeting"),
    path("channels/<uuid:pk>/permissions/", channel_settings.grant, name="channel-permissions"),
    path("channels/<uuid:pk>/templates/", templates.templates, name="channel-templates"),
    path("channels/<uuid:pk>/templates/sync/", templates.sync, name="channel-templates-sync"),
    path("entry-points/", entry_points.entry_points, name="entry-points"),
    path("entry-points/new/", entry_points.new, name="entry-point-new"),
    path("entry-points/<str:key>/", entry_points.entry_point, name="entry-point"),
    path("entry-points/<str:key>/archive/", entry_points.archive, name="entry-point-archive"),
    path("entry-points/<str:key>/restore/", entry_points.restore, name="entry-point-restore"),
    path("entry-points/<str:key>/qr.svg", entry_points.qr_file, name="entry-point-qr"),
    path("entry-points/<str:key>/poster/", entry_points.poster, name="entry-point-poster"),
    path("entry-points/<str:key>/codes/<uuid:channel>/", codes.make_code, name="entry-point-code"),
    path("entry-points/<str:key>/codes/<uuid:channel>.svg", codes.code_file, name="entry-point-code-file"),
    path("entry-points/<str:key>/identity/", identity.identity, name="identity"),
    path("entry-points/<str:key>/identity/renew/", identity.renew_secret, name="identity-renew"),
    path("entry-points/<str:key>/identity/remove/", identity.remove_secret, name="identity-remove"),
    path("buttons/", buttons.buttons, name="buttons"),
]
