"""QR codes of entry points, as SVG without anything that a strict Content-Security-Policy refuses."""

from __future__ import annotations

from io import BytesIO

import segno

QUIET_ZONE = 4  # modules of white around, as ISO/IEC 18004 asks


def svg(address: str, *, standalone: bool = False) -> str:
    """The code for `address`, readable with a quarter of it damaged (level Q): it goes on posters.

    `standalone` is a whole file; otherwise an element to put into a page, sized by CSS class "qr".
    """
    code = segno.make(address, error="q", micro=False, boost_error=False)
    out = BytesIO()
    code.save(
        out, kind="svg", border=QUIET_ZONE, dark="#10241c", light="#fff", omitsize=True, svgclass="qr",
        lineclass=None, xmldecl=standalone, svgns=standalone, nl=False,
    )  # fmt: skip
    return out.getvalue().decode()
