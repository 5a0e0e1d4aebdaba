"""One phone with one conversation: its screen, and everything that a thumb can do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.streaming import StreamedFile
from apps.sandbox import delivery, screen, simulators, store, threads
from apps.sandbox.models import SandboxFile, SandboxMessage, SandboxThread, ThreadState
from apps.tenants.page import TenantRequest, tenant_page

Verb = Callable[[SandboxThread, HttpRequest], None]

MOST_TEXT = 4096
FIELD = "field."  # before the name of what is filled in
INLINE = ("image/png", "image/jpeg", "image/webp", "image/gif", "audio/ogg", "audio/mpeg", "audio/mp4")
EIFFEL = (48.8584, 2.2945)


@require_safe
@tenant_page("agent")
def show(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The screen; 204 while it is the one that the page has already (`stamp`)."""
    delivery.wake()
    thread = _thread(pk)
    if request.GET.get("stamp") == screen.stamp(thread):
        return HttpResponse(status=204)
    template = "sandbox/log.html" if "stamp" in request.GET else "sandbox/handset.html"
    seen = screen.of(thread, picking=request.GET.get("pick", ""))
    return render(request, template, {"screen": seen})


@require_POST
@tenant_page("agent")
def act(request: TenantRequest, pk: UUID, verb: str) -> HttpResponse:
    """A gesture, by the name in the address; the screen after it."""
    handler = VERBS.get(verb)
    if handler is None:
        raise Http404
    try:
        thread = threads.locked(pk)
    except SandboxThread.DoesNotExist:
        raise Http404 from None
    handler(thread, request)
    if verb == "typing":
        return HttpResponse(status=204)
    if not request.headers.get("HX-Request"):
        address = reverse("phone:customer", args=[request.tenant.slug, thread.phone_id])
        return HttpResponseRedirect(f"{address}?on={thread.account.platform}#ph-{thread.pk}")
    return render(request, "sandbox/handset.html", {"screen": screen.of(_thread(pk)), "again": True})


@require_safe
@tenant_page("agent")
def file(request: TenantRequest, pk: UUID) -> StreamedFile:
    """A file on the phone. Only kinds that cannot do anything are shown in place."""
    stored = SandboxFile.objects.filter(pk=pk).exclude(path="").first()
    if stored is None:
        raise Http404
    inline = stored.mime in INLINE
    kind = stored.mime if inline else "application/octet-stream"
    answer = StreamedFile(store.path_of(stored).open("rb"), content_type=kind)
    name = stored.name or "file"
    answer.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _say(thread: SandboxThread, request: HttpRequest) -> None:
    text = request.POST.get("text", "").replace("\x00", "").strip()[:MOST_TEXT]
    if text:
        simulators.of(thread.account).hand.say(thread, text)


def _file(thread: SandboxThread, request: HttpRequest) -> None:
    given = request.FILES.get("file")
    if isinstance(given, UploadedFile) and given.size and given.size <= store.LIMIT and given.file:
        mime = given.content_type or "application/octet-stream"
        simulators.of(thread.account).hand.send_file(
            thread, cast(BinaryIO, given.file), name=given.name or "file", mime=mime
        )


def _voice(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.send_voice(thread)


def _place(thread: SandboxThread, request: HttpRequest) -> None:
    simulator = simulators.of(thread.account)
    if "place" in simulator.verbs and thread.state == ThreadState.OPEN:
        simulator.hand.send_place(thread, *EIFFEL)


def _typing(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.typing(thread, request.POST.get("on", "on") == "on")


def _start(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.start(thread)


def _leave(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.leave(thread)


def _return(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.come_back(thread)


def _answer(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.answer(_message(thread, request), _chosen(request))


def _chosen(request: HttpRequest) -> list[str]:
    """The options that were tapped, and what was filled in as "name=value"."""
    fields = [name for name in request.POST if name.startswith(FIELD)]
    filled = [(name.removeprefix(FIELD), value) for name in fields for value in request.POST.getlist(name)]
    texts = [f"{name}={value.replace(chr(0), '')[:MOST_TEXT]}" for name, value in filled]
    return [*request.POST.getlist("option"), *texts]


def _react(thread: SandboxThread, request: HttpRequest) -> None:
    simulators.of(thread.account).hand.react(_message(thread, request), request.POST.get("reaction", ""))


def _edit(thread: SandboxThread, request: HttpRequest) -> None:
    message, text = _message(thread, request), request.POST.get("text", "").replace("\x00", "").strip()
    simulator = simulators.of(thread.account)
    if "edit" in simulator.verbs and message.mine and message.kind == "text" and text:
        simulator.hand.edit(message, text[:MOST_TEXT])


def _withdraw(thread: SandboxThread, request: HttpRequest) -> None:
    message, simulator = _message(thread, request), simulators.of(thread.account)
    if "withdraw" in simulator.verbs and message.mine:
        simulator.hand.withdraw(message)


def _comment(thread: SandboxThread, request: HttpRequest) -> None:
    comment = simulators.of(thread.account).comment
    text = request.POST.get("text", "").replace("\x00", "").strip() or _("How much is it?")
    if comment is not None:
        comment(thread, text[:MOST_TEXT])


def _marketing(thread: SandboxThread, request: HttpRequest) -> None:
    marketing = simulators.of(thread.account).marketing
    if marketing is not None and thread.state == ThreadState.OPEN:
        marketing(thread, request.POST.get("on") == "on")


def _gesture(thread: SandboxThread, request: HttpRequest) -> None:
    offered = {gesture.name: gesture for gesture in simulators.of(thread.account).gestures(thread)}
    gesture = offered.get(request.POST.get("name", ""))
    if gesture is not None and thread.state != ThreadState.LEFT:
        gesture.act(thread)


VERBS: dict[str, Verb] = {
    "say": _say,
    "file": _file,
    "voice": _voice,
    "place": _place,
    "typing": _typing,
    "start": _start,
    "leave": _leave,
    "return": _return,
    "answer": _answer,
    "react": _react,
    "edit": _edit,
    "withdraw": _withdraw,
    "comment": _comment,
    "marketing": _marketing,
    "gesture": _gesture,
}


def _thread(pk: UUID) -> SandboxThread:
    found = SandboxThread.objects.select_related("account", "phone").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _message(thread: SandboxThread, request: HttpRequest) -> SandboxMessage:
    """The bubble that a gesture is about; only of this thread."""
    try:
        wanted = UUID(request.POST.get("message", ""))
    except ValueError:
        raise Http404 from None
    rows = thread.messages.select_related("thread__account", "thread__phone", "file")
    found = rows.filter(pk=wanted).first()
    if found is None:
        raise Http404
    return found
