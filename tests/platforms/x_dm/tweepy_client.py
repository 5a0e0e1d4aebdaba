"""X's usual Python client, tweepy, pointed at a server of ours: its own address of X is not to be changed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tweepy

HOME = "https://api.twitter.com"


class Rerouted(requests.Session):
    """Every call goes to `base` instead; before it is signed, because signatures cover the address."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        return super().request(method, url.replace(HOME, self._base), *args, **options)


def client(creds: Mapping[str, str]) -> tweepy.Client:
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    made = tweepy.Client(**{name: creds[name] for name in names})
    made.session = Rerouted(creds["base_url"])
    return made
