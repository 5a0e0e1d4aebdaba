"""The template vocabulary: what each tag writes, and that it escapes what it is given."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

SPRITE = "/static/img/icons.svg"
UUID = "0197d3a0-8c1e-7b44-9c21-5f0d3b9a7f3a"
HOSTILE = '"><script>alert(1)</script>'
ESCAPED = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.fixture(autouse=True)
def plain_static(settings: object) -> None:
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def render(source: str, **context: object) -> str:
    with override("en"):
        return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            '{% icon "check" %}',
            f'<svg class="i" aria-hidden="true"><use href="{SPRITE}#check"/></svg>',
        ),
        (
            '{% icon "arrow" size="xs" flip=True %}',
            f'<svg class="i i--xs flip" aria-hidden="true"><use href="{SPRITE}#arrow"/></svg>',
        ),
        (
            '{% icon "x" label=words %}',
            f'<svg class="i" role="img" aria-label="{ESCAPED}"><use href="{SPRITE}#x"/></svg>',
        ),
        ("{% ticket words 3 %}", f'<span class="ticket t3" aria-hidden="true">{ESCAPED}</span>'),
        (
            '{% ticket "7F3A" 0 size="lg" gone=True %}',
            '<span class="ticket t0 ticket--lg is-gone" aria-hidden="true">7F3A</span>',
        ),
        ("{{ pk|ticket_code }}", "7F3A"),
        ("{% plate words %}", f'<span class="plate">{ESCAPED}</span>'),
        ('{% plate "adsl" size="lg" %}', '<span class="plate plate--lg">adsl</span>'),
        ('{% plate "" %}', '<span class="plate plate--none">no tag</span>'),
        (
            '{% platform_mark "telegram" name="Telegram" %}',
            '<span class="pf pf--telegram" role="img" aria-label="Telegram" title="Telegram">'
            f'<svg class="i" aria-hidden="true"><use href="{SPRITE}#p-telegram"/></svg></span>',
        ),
        (
            '{% platform_mark "unheard-of" size="lg" %}',
            '<span class="pf pf--sms pf--lg" aria-hidden="true">'
            f'<svg class="i" aria-hidden="true"><use href="{SPRITE}#globe"/></svg></span>',
        ),
        ("{{ words|device }}", ESCAPED),
    ],
)
def test_a_tag_writes(source: str, html: str) -> None:
    assert render(source, words=HOSTILE, pk=UUID) == html


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", ""), (HOSTILE, ""), ("blue", "")]
)
def test_the_theme_is_one_of_two_or_the_systems(cookie: str, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert render("{% theme %}", request=request) == theme


def test_without_a_request_the_theme_is_the_systems() -> None:
    assert render("{% theme %}") == ""


class CounterForm(forms.Form):
    business = forms.CharField(help_text="Your customers see it.")
    site = forms.URLField(required=False, assume_scheme="https")
    agreed = forms.BooleanField()


def test_a_field_ties_label_help_and_errors_and_keeps_what_was_typed() -> None:
    form = CounterForm({"business": "", "site": HOSTILE})
    business, site = render("{% field f %}", f=form["business"]), render("{% field f %}", f=form["site"])
    assert 'aria-describedby="id_business_helptext id_business_error"' in business
    assert 'aria-invalid="true"' in business
    assert 'id="id_business_error"' in business
    assert 'id="id_business_helptext"' in business
    assert f'value="{ESCAPED}"' in site
    assert '<span class="opt">optional</span>' in site


def test_a_valid_field_points_at_nothing_it_does_not_have() -> None:
    html = render('{% field f size="lg" %}', f=CounterForm()["site"])
    assert "aria-describedby" not in html
    assert 'class="input input--lg"' in html


def test_a_checkbox_stands_inside_its_label() -> None:
    html = render("{% field f %}", f=CounterForm()["agreed"])
    assert '<label class="check" for="id_agreed"><input type="checkbox" name="agreed"' in html
