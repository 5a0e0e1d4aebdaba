"""Beginning, continuing and ending a visitor's session."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from apps.connections import doors as connections_doors
from apps.connections.models import EntryPoint
from apps.core import tenancy
from apps.widget import answers, identity, known, origins, sessions, state, uploads
from apps.widget.answers import NotThere, OriginRefused
from apps.widget.fields import Fields, fields_of
from apps.widget.limits import SESSIONS_PER_ADDRESS, buckets
from apps.widget.models import Visitor
from apps.widget.protocol import VisitorRequest, address_of, public_view, token_of, visitor_view


@public_view("POST")
def session(request: HttpRequest) -> JsonResponse:
    """Begin a session at an entry point, or continue the one whose token comes along.

    A token that is not good here, whatever the reason, is as none. With `identity` the visitor is proven
    to be a known customer first.
    """
    fields = fields_of(request)
    place = connections_doors.entry_point_for(fields.text("entry_point", limit=32))
    if place is None:
        raise NotThere
    with tenancy.scope(place.tenant_id):
        point = EntryPoint.objects.filter(pk=place.id, active=True).first()
        if point is None:
            raise NotThere
        if not origins.may_call(point, request.headers.get("Origin")):
            raise OriginRefused
        visitor, token = _enter(request, point, fields)
        facts = {"token": token, "expires_at": visitor.expires_at.isoformat(), **state.whole(visitor)}
    return answers.ok(**facts)


@visitor_view("POST")
def end(request: VisitorRequest) -> JsonResponse:
    """Forget this device: its token is good for nothing any more. What was said stays."""
    sessions.revoke(request.visitor)
    return answers.ok()


def _enter(request: HttpRequest, point: EntryPoint, fields: Fields) -> tuple[Visitor, str]:
    channel = sessions.panel_channel(point)
    proof = fields.anything("identity")
    external_id = identity.verify(point, proof) if proof is not None else ""
    token = token_of(request)
    visitor = _continued(point, token, external_id)
    if visitor is None:
        buckets.take(SESSIONS_PER_ADDRESS, address_of(request))
        visitor, token = sessions.begin(point, channel, locale=fields.locale("locale") or point.locale)
        uploads.sweep()
    else:
        visitor.locale = fields.locale("locale") or visitor.locale
        token = sessions.renew(visitor, token)
    if external_id:
        known.join(visitor, external_id)
    return visitor, token


def _continued(point: EntryPoint, token: str, external_id: str) -> Visitor | None:
    """The visitor who holds `token` here; None for nobody, and for another known customer than the one
    who is proven now: their history stays theirs."""
    if not token:
        return None
    rows = Visitor.objects.select_for_update(of=("self",)).select_related("channel", "entry_point")
    visitor = rows.filter(sessions.good(token), entry_point=point).first()
    if visitor is None or (external_id and visitor.external_id not in ("", external_id)):
        return None
    return visitor
