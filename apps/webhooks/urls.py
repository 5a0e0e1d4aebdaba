from django.urls import path

from apps.webhooks.views import receive_webhook

app_name = "hooks"

urlpatterns = [
    path("<slug:platform>/", receive_webhook, name="shared"),
    path("<slug:platform>/message", receive_webhook, {"suffix": "message"}, name="shared-message"),
    path("<slug:platform>/<str:key>/", receive_webhook, name="channel"),
    path("<slug:platform>/<str:key>/<slug:suffix>", receive_webhook, name="channel-suffix"),
]
