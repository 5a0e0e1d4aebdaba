/* The page around the panel, when the loader has put it there. Both sides name the other's origin and
   nothing is sent to or taken from any other; the visitor's token is never spoken of. */
import { settings } from "./words.js";

/** The origin that the loader named, "" when nobody did or it may not show this panel. */
function claimed() {
  let origin;
  try {
    origin = new URL(decodeURIComponent(location.hash.slice(1))).origin;
  } catch {
    return "";
  }
  if (origin === settings.own) return origin;
  if (settings.allowed.length) return settings.allowed.includes(origin) ? origin : "";
  return /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1)(:|$)/.test(origin) ? origin : "";
}

export class Host extends EventTarget {
  constructor() {
    super();
    this.origin = window.parent === window ? "" : claimed();
    if (this.origin) addEventListener("message", (event) => this.#hear(event));
  }

  get there() {
    return this.origin !== "";
  }

  tell(type, facts = {}) {
    if (this.origin) window.parent.postMessage({ comptoir: 1, type, ...facts }, this.origin);
  }

  #hear({ origin, source, data }) {
    if (source !== window.parent || origin !== this.origin) return;
    if (typeof data !== "object" || data === null || data.comptoir !== 1) return;
    if (["open", "shut", "identify", "forget"].includes(data.type)) {
      this.dispatchEvent(new CustomEvent(data.type, { detail: data.proof }));
    }
  }
}
