"""What can be measured of a page's accessibility (WCAG 2.2): names, focus, reflow."""

from __future__ import annotations

from playwright.sync_api import Page

SETTLES = 500  # ms in which a busy machine draws what it has to: a focus that is seen then is seen
STOPS = 120  # presses of Tab; more than any page has before its content repeats

INTERACTIVE = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "radio",
    "searchbox",
    "slider",
    "switch",
    "textbox",
}

# Whether what has the focus looks different with it than without. What counts is the element itself, and what
# stands for a control that is too small to be seen: its label, field or form. The answer is its HTML when
# nothing changes, "" when something does, null when the page is at its end. Transitions are ended first: on a
# busy machine not one frame of them may have come.
UNSEEN_FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const look = () => around.map(element => {
    for (const each of element.getAnimations()) if (each instanceof CSSTransition) each.finish();
    const { outlineStyle, outline, outlineOffset, boxShadow, borderColor } = getComputedStyle(element);
    return [outlineStyle !== "none" && outline + outlineOffset, boxShadow, borderColor].join();
  }).join();
  const visible = at.checkVisibility({ opacityProperty: true }) && at.getBoundingClientRect().width > 2;
  const field = [at.parentElement, at.closest("label"), at.closest(".field, .box, .searchbox, form")];
  const around = [at, ...(visible && !at.matches("input, textarea, select") ? [] : field)].filter(Boolean);
  const focused = look();
  at.blur();
  const left = look();
  at.focus({ preventScroll: true });
  return focused === left ? at.outerHTML.slice(0, 200) : "";
}"""


def nameless(page: Page) -> list[str]:
    """Roles and places of interactive elements that a screen reader could not name."""
    browser = page.context.new_cdp_session(page)
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    found = []
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        if node["ignored"] or role not in INTERACTIVE or node.get("name", {}).get("value", "").strip():
            continue
        shown = browser.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
        found.append(f"{role} <{shown['localName']} {' '.join(shown.get('attributes', []))}>")
    return found


def unseen_focus(page: Page) -> list[str]:
    """Every stop of the Tab key at which nothing shows where one is."""
    found = []
    for _stop in range(STOPS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN_FOCUS)
        if unseen is None:
            break
        if unseen:
            page.wait_for_timeout(SETTLES)
            unseen = page.evaluate(UNSEEN_FOCUS)
        if unseen:
            found.append(unseen)
    return found


def too_wide(page: Page) -> list[str]:
    """Elements that stick out to the right, when the page scrolls sideways; [] when it does not."""
    return list(
        page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              return [...document.querySelectorAll("body *")]
                .filter(element => element.getBoundingClientRect().right > width + 1)
                .map(element => element.outerHTML.slice(0, 120)).slice(0, 5);
            }"""
        )
    )


# Text that contrasts less than 4.5 (3 when large) with what it stands on, as far as that is of plain colours.
FAINT = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  const colour = words => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = words;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].map((part, place) => place < 3 ? part : part / 255);
  };
  const over = (top, below) => [0, 1, 2].map(n => top[n] * top[3] + below[n] * (1 - top[3])).concat(1);
  const light = rgb => {
    const [r, g, b] = rgb.map(part => part / 255)
      .map(part => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const contrast = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      layers.unshift(colour(style.backgroundColor));
      if (layers[0][3] === 1) break;
      if (style.backgroundImage !== "none" || style.maskImage !== "none") return Infinity;
    }
    const ground = layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    const [low, high] = [light(ground), light(over(colour(getComputedStyle(element).color), ground))].sort();
    return (high + .05) / (low + .05);
  };
  const spoken = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const found = [...document.querySelectorAll("body *")].filter(each => spoken(each)
    && each.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && each.getBoundingClientRect().width > 3 && !each.closest("svg, option, .cpt-mb, :disabled"));
  return found.filter(each => {
    const { fontSize, fontWeight } = getComputedStyle(each), size = parseFloat(fontSize);
    return contrast(each) < (size >= 24 || (size >= 18.66 && fontWeight >= 700) ? 2.99 : 4.49);
  }).map(each => each.outerHTML.slice(0, 120)).slice(0, 8);
}"""


def too_faint(page: Page) -> list[str]:
    """Text that is hard to read on its ground (WCAG 1.4.3)."""
    return list(page.evaluate(FAINT))


# A dialog that is open has a view of its own, and so has each of the sandbox's phones.
PRIMARY = """() => [...document.querySelectorAll(":is(a, button).btn--primary")]
  .filter(each => each.checkVisibility() && !each.closest("dialog, .phones"))
  .map(each => each.outerHTML.slice(0, 120))"""


def rivals(page: Page) -> list[str]:
    """The buttons that all say they are what one wants to do here; [] while only one does."""
    found = list(page.evaluate(PRIMARY))
    return found if len(found) > 1 else []
