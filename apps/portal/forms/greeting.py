"""The form of what a channel shows before the first word: only the fields that its platform has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.connections.greet import Unfit
from apps.platforms.base import Greeting, Platform


class GreetingForm(forms.Form):
    """Nothing is judged here but length of the input: `greet` says what does not fit, for all who greet."""

    welcome = forms.CharField(
        label=gettext_lazy("Welcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Read before the first message."),
    )

    def __init__(self, *args: Any, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits, greets = platform.greeting_limits, platform.greets
        self.starters = range(limits.starters if "starters" in greets else 0)
        self.menu = range(limits.menu if "menu" in greets else 0)
        if "welcome" not in greets:
            del self.fields["welcome"]
        for place in self.starters:
            label = _("Question %(number)d to tap") % {"number": place + 1}
            self.fields[f"starter_{place}"] = _line(label)
        for place in self.menu:
            number = {"number": place + 1}
            self.fields[f"menu_title_{place}"] = _line(_("Menu entry %(number)d") % number)
            self.fields[f"menu_url_{place}"] = _line(_("Address of entry %(number)d") % number, url=True)

    def greeting(self) -> Greeting:
        """What was typed; rows that were left empty are left out."""
        typed = self.cleaned_data
        return Greeting(
            welcome=typed.get("welcome", ""),
            starters=tuple(typed[name] for name in self._filled_starters()),
            menu=tuple((typed[title], typed[url]) for title, url in self._filled_entries()),
        )

    def take(self, unfit: Unfit) -> None:
        """Put each error beside its field; nothing of what was typed is lost."""
        starters, entries = self._filled_starters(), self._filled_entries()
        for name, words in unfit.errors.items():
            field, _dot, place = name.partition(".")
            if field == "starters":
                self.add_error(starters[int(place)] if place else None, words)
            elif field == "menu":
                self.add_error(self._row_field(entries, place), words)
            else:
                self.add_error(field or None, words)

    def starter_rows(self) -> list[forms.BoundField]:
        return [self[f"starter_{place}"] for place in self.starters]

    def menu_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"menu_title_{place}"], self[f"menu_url_{place}"]) for place in self.menu]

    def _filled_starters(self) -> list[str]:
        return [name for place in self.starters if self.cleaned_data.get(name := f"starter_{place}")]

    def _filled_entries(self) -> list[tuple[str, str]]:
        rows = [(f"menu_title_{place}", f"menu_url_{place}") for place in self.menu]
        return [row for row in rows if any(self.cleaned_data.get(name) for name in row)]

    def _row_field(self, entries: list[tuple[str, str]], place: str) -> str | None:
        """Of a row: the address when that has a title, the title otherwise."""
        if not place:
            return None
        title, url = entries[int(place)]
        typed = self.cleaned_data
        wrong_address = typed.get(title) and typed.get(url) and not typed[url].startswith("https://")
        return url if wrong_address else title


def initial_of(greeting: Greeting) -> dict[str, str]:
    values = {"welcome": greeting.welcome}
    values |= {f"starter_{place}": words for place, words in enumerate(greeting.starters)}
    values |= {f"menu_title_{place}": title for place, (title, _url) in enumerate(greeting.menu)}
    return values | {f"menu_url_{place}": url for place, (_title, url) in enumerate(greeting.menu)}


def _line(label: str, *, url: bool = False) -> forms.CharField:
    attrs = {"inputmode": "url", "placeholder": "https://"} if url else {}
    widget = forms.TextInput(attrs={**attrs, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=500, widget=widget)
