"""The Messenger Platform API, which Messenger and Instagram speak: webhooks, the Send API, the profile."""
