"""A corpus of active content, ours: what people send who hope that it runs where somebody reads it.

Whatever would run calls `__pwned`; whatever would become an element or attribute of ours carries the name
`pwned`. `found_in` says what of it a page let through. `CALCULATED` is what a template would have made.
"""

from __future__ import annotations

from html.parser import HTMLParser

TRAP = "pwned"
RUN = "__pwned()"

ELEMENTS = {
    "script": f"<script {TRAP}>{RUN}</script>",
    "upper case": f"<ScRiPt {TRAP}>{RUN}</sCrIpT >",
    "picture": f"<img {TRAP} src=x onerror={RUN}>",
    "slashes": f"<img/{TRAP}/src=x/onerror={RUN}>",
    "unclosed": f"<img {TRAP} src=x onerror={RUN} ",
    "drawing": f"<svg {TRAP} onload={RUN}><script>{RUN}</script></svg>",
    "opened": f"<details open {TRAP} ontoggle={RUN}>x</details>",
    "focused": f"<input {TRAP} autofocus onfocus={RUN}>",
    "frame": f'<iframe {TRAP} srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "object": f"<object {TRAP} data=javascript:{RUN}></object>",
    "refresh": f'<meta {TRAP} http-equiv=refresh content="0;url=javascript:{RUN}">',
    "base": f"<base {TRAP} href=//evil.example/>",
    "sheet": f"<style {TRAP}>@import '//evil.example/x.css'</style>",
    "form": f"<form {TRAP} action=javascript:{RUN}><button>x",
    "our own script": f"<div {TRAP} hx-get=/ hx-trigger=load hx-on:htmx:load={RUN}>x</div>",
    "element of ours": f"<live-inbox {TRAP}></live-inbox><turbo-frame {TRAP} src=//evil.example>",
    "out of an attribute": f'"><img {TRAP} src=x onerror={RUN}>',
    "out of a quote": f"'><img {TRAP} src=x onerror={RUN}>",
    "out of a title": f"</title></textarea></style></script><img {TRAP} src=x onerror={RUN}>",
    "out of a comment": f"--><img {TRAP} src=x onerror={RUN}><!--",
    "out of JSON": f"</script><script {TRAP}>{RUN}</script>",
    "by mutation": f'<math><mtext><mglyph><style><img title="</style><img {TRAP} src=x onerror={RUN}>">',
    "without script": f'<noscript><p title="</noscript><img {TRAP} src=x onerror={RUN}>">',
    "escaped before": f"&lt;img {TRAP} src=x onerror={RUN}&gt;<img {TRAP} src=x onerror={RUN}>",
}
ATTRIBUTES = {
    "in double quotes": f'" {TRAP} autofocus onfocus="{RUN}" onmouseover="{RUN}',
    "in single quotes": f"' {TRAP} autofocus onfocus='{RUN}' onmouseover='{RUN}",
    "without quotes": f"x {TRAP} onfocus={RUN} autofocus ",
}
ADDRESSES = {
    "address": f"javascript:{RUN}",
    "address with a tab": f"java\tscript:{RUN}",
    "address in capitals": f" JaVaScRiPt:{RUN}//https://example.com",
    "another script": f"vbscript:{RUN}",
    "page as data": f"data:text/html,<script>{RUN}</script>",
    "link in words": f'https://example.com/"onmouseover="{RUN}" {TRAP} https://x.example/\'><b {TRAP}>',
    "markdown": f'[x](javascript:{RUN}) ![x](x"onerror="{RUN}) [a]: javascript:{RUN} <javascript:{RUN}>',
}
TEMPLATES = {
    "braces": "p{{ 7|add:7 }}p p{{7*7}}p {% debug %} {{ settings.SECRET_KEY }}",
    "braces of scripts": f"{{{{constructor.constructor('{RUN}')()}}}} p${{7*7}}p `${{{RUN}}}`",
    "other templates": "p<%= 7*7 %>p p#{7*7}p p%(x)sp %s %n {0.__class__} {x!r}",
}
SPREADSHEETS = {
    "formula": f'=HYPERLINK("javascript:{RUN}")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1+cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
}
WORDS = {
    "header": "x\r\nBcc: victim@evil.example\r\n\r\n<b>",
    "direction": "photo\u202egpj.exe \u2066\u200f\u061c",
    "separators": "a\u2028b\u2029c\u0085d\u000b\u001c\u001b[31m",
    "path": "../../../../etc/passwd\\..\\x",
    "emptiness": "\u200b\u2060\ufeff",
    "beyond": "\U0001f469\u200d\U0001f4bb\U000e0041\ufffe" + "Z\u0351\u0352\u0353" * 30,
    "long": "x" * 20_000,
}
CORPUS = ELEMENTS | ATTRIBUTES | ADDRESSES | TEMPLATES | SPREADSHEETS | WORDS
POLYGLOT = f"'\"><img {TRAP} src=x onerror={RUN}>p{{{{ 7|add:7 }}}}p"

CALCULATED = ("p14p", "p49p", "&lt;WSGIRequest", "only-for-tests-k")

_LEADS = {
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "data",
    "poster",
    "background",
    "ping",
    "srcset",
}
_SCHEMES = ("javascript:", "vbscript:", "data:text", "data:application", "data:image/svg")


def found_in(page: str) -> list[str]:
    """What of the corpus became part of the page, or was calculated by it; [] when it is only shown."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found + [f"calculated: {each}" for each in CALCULATED if each in page]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = "" if dict(attributes).get("type") == "application/json" else tag
        told = self.get_starttag_text() or tag
        if any(_dangerous(name, value or "") for name, value in attributes):
            self.found.append(told[:200])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and TRAP in data:
            self.found.append(f"in {self._inside}: {data[:200]}")


def _dangerous(name: str, value: str) -> bool:
    if name in _LEADS:
        plain = "".join(c for c in value if c > " ").lower()
        return plain.startswith(_SCHEMES)
    runs = name.startswith(("on", "hx-on")) or name in ("srcdoc", "style", "hx-vals", "hx-headers")
    return TRAP in name or (runs and TRAP in value)
