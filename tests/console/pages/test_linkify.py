"""What becomes a link in a customer's words, and what does not."""

from __future__ import annotations

import time

import pytest

from apps.console.linkify import MAX_LINK, linkify


def link(address: str) -> str:
    return f'<a href="{address}" rel="noopener nofollow ugc" target="_blank">{address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("no link", "no link"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("see https://a.example/x?b=1", f"see {link('https://a.example/x?b=1')}"),
        ("HTTP://A.example", link("http://a.example")),
        ("https://a.example/x.", f"{link('https://a.example/x')}."),
        ("(https://a.example/x)", f"({link('https://a.example/x')})"),
        ("https://a.example/x_(y)", link("https://a.example/x_(y)")),
        ("« https://a.example »", f"« {link('https://a.example')} »"),
        ("https://a.example/?a=1&b=2", link("https://a.example/?a=1&amp;b=2")),
        ("https://a.example:8443/x", link("https://a.example:8443/x")),
        ("https://exämple.com/ü", link("https://xn--exmple-cua.com/ü")),
        ("https://раураl.com", link("https://xn--l-7sba6dbr.com")),
        ("https://bank.example@evil.example/", "https://bank.example@evil.example/"),
        ("https://bank.example\\@evil.example", f"{link('https://bank.example')}\\@evil.example"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
        ("ftp://a.example", "ftp://a.example"),
        ("xhttps://a.example", "xhttps://a.example"),
        ("https://", "https://"),
        ("https://-/", "https://-/"),
        ("https://a.example:99999/", "https://a.example:99999/"),
        ("https://[::1", "https://[::1"),
        ('https://a.example/"onclick="x', f"{link('https://a.example/')}&quot;onclick=&quot;x"),
        ("mailto:a@b.example", link("mailto:a@b.example")),
        ("mailto:a@b.example?bcc=c@d.example", "mailto:a@b.example?bcc=c@d.example"),
        ("tel:+33612345678", link("tel:+33612345678")),
        ("tel:+33;ext=1", "tel:+33;ext=1"),
        ("a\u202eb https://a.example/\u202egnp.exe", f"ab {link('https://a.example/gnp.exe')}"),
        ("https://a.example/\u200fx", link("https://a.example/x")),
        (f"https://a.example/{'x' * MAX_LINK}", f"https://a.example/{'x' * MAX_LINK}"),
    ],
)
@pytest.mark.advisory("S8", "Rocket.Chat CVE-2017-1000054")
def test_links(text: str, html: str) -> None:
    assert linkify(text) == html


@pytest.mark.parametrize(
    "piece",
    [
        "https://",
        "https://a.example/)))))",
        "http",
        "tel:1",
        "mailto:a@a@",
        "((((",
        "https://a.example/" + ")" * 99,
    ],
)
@pytest.mark.advisory("S20", "Django GHSA-qg2p-9jwr-mmqf")
def test_twice_the_text_takes_about_twice_the_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        started = time.perf_counter()
        linkify(text)
        return time.perf_counter() - started

    seconds(1000)
    short = min(seconds(20_000) for _ in range(3))
    long = min(seconds(160_000) for _ in range(3))
    assert long < 40 * max(short, 0.0005)  # quadratic would be 64 times and more
