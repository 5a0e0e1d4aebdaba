"""Forms about people: built inside the tenant's scope, because their choices are its rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.portal.role_words import role_choices
from apps.tenants.models import Membership, Team, TeamMember


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)

    def __init__(self, *args: Any, inviter: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = _role_field(inviter, initial="agent")
        self.fields["team"] = forms.ModelChoiceField(
            label=_("Team"),
            queryset=Team.objects.order_by("name"),
            required=False,
            empty_label=_("No team yet"),
        )


class PersonForm(forms.Form):
    """A member's role and teams. A role above the actor's own is not among the choices."""

    def __init__(self, *args: Any, actor: Membership, member: Membership, **options: Any) -> None:
        places = TeamMember.objects.filter(membership=member).values_list("team_id", flat=True)
        options["initial"] = {"role": member.role, "teams": list(places)}
        super().__init__(*args, **options)
        self.fields["role"] = _role_field(actor, initial=member.role)
        self.fields["teams"] = forms.ModelMultipleChoiceField(
            label=_("Teams"),
            queryset=Team.objects.order_by("name"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


class PeopleField(forms.ModelMultipleChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return obj.user.display_name


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, team: Team | None = None, **options: Any) -> None:
        if team is not None:
            places = TeamMember.objects.filter(team=team).values_list("membership_id", flat=True)
            options["initial"] = {"name": team.name, "members": list(places)}
        super().__init__(*args, **options)
        self.fields["members"] = PeopleField(
            label=_("People"),
            queryset=Membership.objects.select_related("user").order_by("user__name", "user__email"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


def _role_field(actor: Membership, *, initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Role"), choices=role_choices(actor), initial=initial)
