"""The entrance and people's own pages; everything else under account/ is allauth's."""

from django.urls import URLPattern, URLResolver, path

from apps.portal.views import account, apple, home, join

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("account/home/", home.after_sign_in, name="after_sign_in"),
    path("account/business/", home.new_business, name="new_business"),
    path("account/profile/", account.profile, name="profile"),
    path("account/apple/", apple.landing, name="apple_landing"),
    path("account/link/<str:token>/", account.sign_in_by_link, name="sign_in_link"),
    path("account/join/<str:token>/", join.join, name="join"),
]
