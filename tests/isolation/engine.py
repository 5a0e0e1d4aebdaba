"""The attack on one address: reach it with one's own rows, learn what it reads, then put the other tenant's
values in each place, one at a time, and compare with values that name nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from django.urls import Resolver404, resolve

from tests.isolation import forms
from tests.isolation.addresses import Address
from tests.isolation.arena import Arena, Shot
from tests.isolation.ask import FILE, Answer, Ask
from tests.isolation.inventory import UUID_TEXT, random_like
from tests.isolation.learn import listening, statements
from tests.isolation.tally import TALLY, Tally
from tests.isolation.targets import PUBLIC, UNREACHED, Actor

READ = ("get", "post")  # whatever else a view answers to, it reads as one of these
CLOSED = (403, 404, 405)
MOST = 400  # ways to fill in a path
ROUNDS = 4  # of learning: a view that is given what it asked for may ask for more
WHOLE = bool(os.environ.get("PROOF_FILE"))  # bin/prove-isolation tries rows of every table everywhere
TIMES = 7 if WHOLE else 1
METHODS = ("get", "post", "put", "patch", "delete") if WHOLE else READ
OF_THE_WIRE = ("authorization", "content-length", "content-type", "host", "cookie", "x-forwarded-for")
TABLE = re.compile(r'"(\w+?_\w+)"')
EVERYWHERE = ("conversations.Conversation.id", "connections.EntryPoint.key", "tenants.Membership.id")


@dataclass
class Raid:
    """The attack on `address`, as it goes on."""

    arena: Arena
    address: Address
    actor: Actor
    attempts: int = 0
    findings: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    methods: list[str] = field(default_factory=list)
    baselines: dict[Any, tuple[str, Answer]] = field(default_factory=dict)
    tally: Tally = TALLY
    times: int = TIMES
    known: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def run(self) -> None:
        """Fills `findings`: an address that cannot be reached with one's own rows is one."""
        self.values, self.methods = self.reach()
        self.arena.reached[self.address.route] = self.values
        if not self.methods and self.address.name not in UNREACHED:
            self.findings.append("cannot be reached with one's own rows: say in targets.py how, or why not")
        self.foreign_tenant()
        for method in self.methods:
            self.path(method)
            if method in READ:
                self.names(method)
        if self.arena.state() != self.arena.before:
            self.findings.append("the victim's rows moved")

    # Reaching it with one's own rows ---------------------------------------------------------------

    def reach(self) -> tuple[dict[str, str], list[str]]:
        """Own values for the path with which it answers otherwise than to a path that names nothing."""
        if self.address.name in UNREACHED:
            return {}, []
        second: tuple[dict[str, str], list[str]] | None = None
        nowhere = self._statuses({name: self._own(name)[0] if name in self.actor.fixed else str(uuid4())
                                  for name in self.address.parameters})  # fmt: skip
        for values in self._candidates():
            found = self._statuses(values)
            methods = [method for method, status in found.items() if status != 405]
            if any(status not in CLOSED for status in found.values()):
                if found != nowhere or not self._row_parameters() or self.actor.kind == "operators":
                    return values, methods
                second = second or (values, methods)
        return second or ({}, [])

    def _candidates(self) -> Iterator[dict[str, str]]:
        names = self.address.parameters
        lists = [self._own(name) for name in names]
        known = self.arena.reached.get(self.address.route)  # by another actor: only what is fixed differs
        if known:
            lists = [[known[name], *found] if name not in self.actor.fixed else found
                     for name, found in zip(names, lists, strict=True)]  # fmt: skip
        for chosen in islice(product(*lists), MOST):
            values = dict(zip(names, chosen, strict=True))
            if self._resolves(values):
                yield values

    def _own(self, name: str) -> list[str]:
        if name in self.actor.fixed:
            return self.actor.fixed[name]
        own = self.arena.own.values
        if name in COLUMNS:
            return own[COLUMNS[name]]
        near = [column for column in own if name in (column.split(".")[-1], column.split(".")[1].lower())]
        before = re.findall(rf"([\w-]+?)s?/<(?:\w+:)?{name}>", self.address.plain)
        wanted = SAME.get(before[0], before[0]) if before else "-"
        ids = sorted((column for column in own if column.endswith(".id")),
                     key=lambda c: (wanted not in c.lower(), c not in EVERYWHERE))  # fmt: skip
        return list(dict.fromkeys(value for column in near or ids for value in own[column]))

    def _row_parameters(self) -> list[str]:
        return [name for name in self.address.parameters if name not in self.actor.fixed]

    def _statuses(self, values: dict[str, str]) -> dict[str, int]:
        found = {}
        for method in METHODS[:2] if self._row_parameters() else METHODS:
            found[method] = self._shoot(self._ask(method, values)).answer.status
            if found[method] not in CLOSED:
                break
        for method in METHODS:
            if method not in found and not (self._row_parameters() and set(found.values()) <= {404, 405}):
                found[method] = self._shoot(self._ask(method, values)).answer.status
        return found

    # Attacks -----------------------------------------------------------------------------------------

    def foreign_tenant(self) -> None:
        """Under the victim's name, with the victim's rows: the same as under a name that nobody has."""
        if not self.address.under_tenant:
            return
        theirs = {name: self._theirs(value)[0] for name, value in self.values.items()}
        for method in METHODS:
            real = {**theirs, "tenant": self.arena.victim.slug}
            none = {**theirs, "tenant": "nobody-here"}
            self._compare(
                f"{method} under the victim's name",
                self._ask(method, real), self._ask(method, none), self.arena.victim.slug, "nobody-here",
            )  # fmt: skip

    def path(self, method: str) -> None:
        """Each parameter of the path in turn: the corresponding row of the victim, and one of every table."""
        for name in self._row_parameters():
            base = self.forms(method)
            own = self.values[name]
            for value in [*self._theirs(own), *self._one_of_each(own, method)]:
                nothing = random_like(value)
                self._compare(
                    f"{method} path {name}",
                    self._ask(method, {**self.values, name: value}, like=base),
                    self._ask(method, {**self.values, name: nothing}, like=base),
                    value, nothing, key=(method, name, UUID_TEXT.fullmatch(value) is not None),
                )  # fmt: skip
            if method == self.methods[0] and (self.address.name, name) not in PUBLIC:
                self._time(method, name)

    def names(self, method: str) -> None:
        """Each value that the view reads of the query, body, files and headers, in turn."""
        base = self.forms(method)
        for place, name in sorted(self.known[method]):
            for value in self._values_for(base, place, name):
                nothing = random_like(value)
                asks = [base.with_(place, name, each) for each in (value, nothing)]
                where = (method, place, name, UUID_TEXT.fullmatch(value) is not None)
                self._compare(f"{method} {place} {name}", asks[0], asks[1], value, nothing, key=where)

    # Learning ----------------------------------------------------------------------------------------

    def forms(self, method: str) -> Ask:
        """A request as our own pages would make it, as far as forms and what was learnt tell."""
        key = f"{self.address.name} {method} {sorted(self.values.items())}"
        if method not in self.known:
            self.known[method] = self.learnt(method, self._ask(method, self.values))
        ask = self._ask(method, self.values)
        for (place, name), value in self.arena.forms[key].items():
            ask = ask.with_(place, name, value)
        return ask

    def learnt(self, method: str, base: Ask) -> set[tuple[str, str]]:
        """What the view reads when it is given, round after round, something for all that it asked for."""
        known: set[tuple[str, str]] = set()
        ask = base
        for _ in range(ROUNDS):
            with listening(ask.text() if ask.json else "") as heard:
                answer = self._shoot(ask).answer
                if answer.request is not None:
                    heard.settle(answer.request)
            fresh = {pair for pair in heard.names - known if self._is_attackable(pair, method)}
            if not fresh:
                break
            known |= fresh
            for place, name in sorted(fresh, key=lambda pair: pair[1].count(".")):
                value = self._default(place, name)
                if value is not forms.LEFT_OUT and (place != "header" or name in PLAIN):
                    ask = ask.with_(place, name, value)
        self.arena.forms[f"{self.address.name} {method} {sorted(self.values.items())}"] = {
            (place, name): value
            for place, name in known
            if (place != "header" or name in PLAIN)
            and (value := self._default(place, name)) is not forms.LEFT_OUT
        }
        if method == "post":
            self._must_be_taken(answer)
        return known

    def _must_be_taken(self, answer: Answer) -> None:
        """A form that is refused as such never got to where rows are looked up."""
        if answer.status in (400, 422) and self.address.name not in forms.REFUSES:
            self.findings.append(f"refuses the known form ({answer.status}): say in forms.py what it takes")

    def _is_attackable(self, pair: tuple[str, str], method: str) -> bool:
        place, name = pair
        if place == "header":
            return name.lower() not in OF_THE_WIRE
        return name != "csrfmiddlewaretoken" and (place == "query" or method != "get")

    def _default(self, place: str, name: str) -> Any:
        """Something good of one's own for a field of that name."""
        if place == "file":
            return FILE
        is_known, value = forms.known(self.address.name, name, self.arena.own)
        if is_known:
            return value
        last = name.split(".")[-1]
        if last in PLAIN:
            return PLAIN[last]() if callable(PLAIN[last]) else PLAIN[last]
        rows = self._own_row(last)
        return [rows] if place == "json" and last in LISTS else rows

    def _own_row(self, name: str) -> str:
        wanted = SAME.get(name, name.removesuffix("s").replace("_", ""))
        for column, values in self.arena.own.values.items():
            if column.split(".")[1].lower() == wanted and column.endswith((".id", ".key")):
                return values[-1]
        return "x"

    def _values_for(self, base: Ask, place: str, name: str) -> list[str]:
        """Of every table that the value is looked up in, and some that it should not be."""
        tables: set[str] = set()
        for marker in (str(uuid4()), uuid4().hex):
            with statements(marker) as found:
                self._shoot(base.with_(place, name, marker))
            tables |= {table for sql in found for table in TABLE.findall(sql)}
        theirs = self.arena.theirs.values
        wanted = [column for column in theirs if column in EVERYWHERE or _table_of(column) in tables]
        default = str(self._default(place, name))
        corresponding = self._theirs(default) if self.arena.own.place_of(default) else []
        values = [*corresponding, *(theirs[column][-1] for column in wanted), *self._signed(place, name)]
        return [value for value in dict.fromkeys(values) if not self.arena.own.has(value)]

    def _signed(self, place: str, name: str) -> list[str]:
        """What the victim was given under a signature: their file's ticket, their device's cursor."""
        keys = self.arena.their_keys
        signed = {"ticket": urlsplit(keys.file_url).query.removeprefix("ticket="), "after": keys.cursor}
        return [signed[name]] if place == "query" and name in signed else []

    # Shots -------------------------------------------------------------------------------------------

    def _compare(self, what: str, real: Ask, none: Ask, value: str, nothing: str, *, key: Any = None) -> None:
        shot = self._shoot(real)
        self._judge(what, shot, value)
        kept = self.baselines.get(key) if key else None
        if kept is None:
            kept = nothing, self._shoot(none).answer
            if key:
                self.baselines[key] = kept
        if shot.answer.same_as(kept[1], mine=value, theirs=kept[0]):
            return
        if (self.address.name, what.split()[-1]) in PUBLIC:
            return
        fresh = self._shoot(none).answer  # the baseline may have been of another form or moment
        again = self._shoot(real).answer
        if again.same_as(fresh, mine=value, theirs=nothing):
            return
        other = random_like(nothing)
        third = self._shoot(none.swapped(nothing, other)).answer
        if again.status == fresh.status and not third.same_as(fresh, mine=other, theirs=nothing):
            return  # never twice the same, also for nobody's values; the victim's words were looked for above
        self.findings.append(f"{what}: {value} answers {again.status}, nothing answers {fresh.status}")

    def _judge(self, what: str, shot: Shot, value: str) -> None:
        public = (self.address.name, what.split()[-1]) in PUBLIC
        if shot.moved and not public:
            self.findings.append(f"{what}: the victim's rows moved")
        if shot.answer.status == 500:
            self.findings.append(f"{what}: answers {shot.answer.status}")
        leaks = self.arena.leaks(shot.answer, value)
        if leaks and not public:
            self.findings.append(f"{what}: tells {sorted(leaks)[:3]}")

    def _time(self, method: str, name: str) -> None:
        value = self._theirs(self.values[name])[0]
        seconds: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(self.times):
            for real in (True, False):
                asked = value if real else random_like(value)
                shot = self._shoot(self._ask(method, {**self.values, name: asked}))
                seconds[real].append(shot.answer.seconds)
        self.tally.time(f"{self.address.name} {name}", seconds[True], seconds[False])

    def _shoot(self, ask: Ask) -> Shot:
        self.attempts += 1
        return self.arena.shoot(ask, self.actor.client)

    def _ask(self, method: str, values: dict[str, str], *, like: Ask | None = None) -> Ask:
        path = "/" + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda match: quote(values.get(match[1], "x"), safe=":"), self.address.plain
        )
        actor = self.actor
        like = like or Ask(
            method, path, actor.seed, dict(SENT), actor.headers, self._takes_json(method)
        )  # an empty form is no form to Django
        return Ask(method, path, like.query, like.body, like.headers, like.json)

    def _takes_json(self, method: str) -> bool:
        return self.actor.json and method != "get"

    def _resolves(self, values: dict[str, str]) -> bool:
        try:
            resolve(self._ask("get", values).path)
        except Resolver404:
            return False
        return True

    def _theirs(self, own: str) -> list[str]:
        """What corresponds to a value of one's own; the value itself when it is nobody's."""
        place = self.arena.own.place_of(own)
        return [self.arena.theirs.at(place)] if place else [own]

    def _one_of_each(self, own: str, method: str) -> list[str]:
        """A row of every table, for the first method: a view may look in a table that one does not expect."""
        if method != self.methods[0] or not UUID_TEXT.fullmatch(own):
            return []
        ids = self.arena.theirs.ids()
        return [values[0] for label, values in ids.items() if WHOLE or f"{label}.id" in EVERYWHERE]


def _table_of(column: str) -> str:
    app, model, _ = column.split(".")
    return f"{app}_{model.lower()}"


PLAIN: dict[str, Any] = {
    "text": "Bonjour", "name": "Nom", "note": "Bonjour", "q": "bonjour", "words": "x", "role": "agent",
    "client_id": lambda: str(uuid4()), "state": "read", "on": True, "email": "new@example.com", "seq": "1",
    "locale": "fr", "selected": ["a"], "limit": "10", "before": "2", "after": "0", "Idempotency-Key": "k",
}  # fmt: skip
COLUMNS = {"path": "sandbox.SandboxFile.key", "token": "tenants.Invitation.token",
           "account_key": "sandbox.SandboxAccount.key"}  # fmt: skip
SENT = {"csrfmiddlewaretoken": "x"}
LISTS = ("files", "attachments")
SAME = {"to": "membership", "member": "membership", "assignee": "membership", "reply_to": "message",
        "files": "upload", "business": "tenant", "teams": "team", "place": "entrypointchannel",
        "customer": "sandboxphone", "people": "membership", "inbox": "conversation"}  # fmt: skip
