/* Comptoir's web chat on your page: <script async src="https://…/widget/loader.js" data-key="…"></script>
   Links to the entry point (and anything with data-comptoir) open the panel in place; without this script
   they are plain links. data-launcher="Write to us" adds a button; data-theme, data-lang as they say.
   Your Content-Security-Policy needs our host in script-src and frame-src, nothing else. */
(() => {
  "use strict";
  const NAME = "comptoir-chat";
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const { key, theme, lang, launcher } = script.dataset;
  if (!/^[\w-]{1,32}$/.test(key || "")) return;
  const again = customElements.get(NAME);
  if (again) return again.add(key, { theme, lang });

  const base = new URL(script.src).origin;
  const known = new Map();
  const proofs = new Map();
  const CSS = `:host{all:initial!important}
.box,.b{position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:24px;border-radius:16px;border:0;
box-shadow:0 2px 6px #0002,0 24px 56px -16px #0005}
.box{inline-size:384px;max-inline-size:100vw;block-size:min(700px,100dvh - 36px);background:#fff;overflow:hidden}
iframe{border:0;display:block;inline-size:100%;block-size:100%;color-scheme:light dark}
.b{font:600 16px/1.2 system-ui,sans-serif;min-block-size:52px;padding:0 22px;color:#fff;cursor:pointer;
background:var(--comptoir-colour,#17523f);border-radius:26px}
.b:focus-visible,.box:focus-visible{outline:3px solid #1f4fc0;outline-offset:2px}
.b i{font-style:normal;margin-inline-start:.5em;padding:1px 8px;border-radius:9px;background:#b3282d}
[hidden]{display:none!important}
@media(max-width:560px){.box{inset:0;inline-size:100%;block-size:100dvh;border-radius:0}}`;

  const make = (tag, facts) => Object.assign(document.createElement(tag), facts);

  class Panel extends HTMLElement {
    static add(key, look) {
      if (!known.has(key)) known.set(key, { look });
    }

    constructor() {
      super();
      const root = this.attachShadow({ mode: "closed" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      this.start = (key, label) => {
        this.key = key;
        const { theme, lang } = known.get(key).look;
        const url = new URL(`${base}/widget/frame/${key}/`);
        if (theme) url.searchParams.set("theme", theme);
        if (lang) url.searchParams.set("lang", lang);
        url.hash = encodeURIComponent(location.origin);
        this.box = make("div", { className: "box", role: "dialog", ariaLabel: label, hidden: true });
        this.frame = make("iframe", { title: label, allow: "microphone; clipboard-write; geolocation", src: url.href });
        this.box.append(this.frame);
        root.append(this.box);
        addEventListener("message", (event) => this.hear(event));
      };
      this.launch = (key, label) => {
        this.button = make("button", { type: "button", className: "b", textContent: label });
        this.button.addEventListener("click", () => open(key, this.button));
        root.append(this.button);
      };
    }

    hear({ origin, source, data }) {
      if (origin !== base || source !== this.frame.contentWindow || data?.comptoir !== 1) return;
      if (data.type === "ready") {
        this.ready = true;
        if (proofs.has(this.key)) this.tell("identify", { proof: proofs.get(this.key) });
        if (!this.box.hidden) this.tell("open");
      } else if (data.type === "close") this.show(false);
      else if (data.type === "unread") this.count(Number(data.count) || 0);
    }

    tell(type, facts) {
      if (this.ready) this.frame.contentWindow.postMessage({ comptoir: 1, type, ...facts }, base);
    }

    show(on, opener) {
      if (on) this.opener = opener;
      this.box.hidden = !on;
      this.tell(on ? "open" : "shut");
      if (on) this.frame.focus();
      else this.opener?.focus?.();
      if (bar.button) bar.button.hidden = on;
    }

    count(unread) {
      dispatchEvent(new CustomEvent("comptoir:unread", { detail: { key: this.key, unread } }));
      bar.button?.querySelector("i")?.remove();
      if (unread && bar.button) bar.button.append(make("i", { textContent: unread }));
    }
  }
  customElements.define(NAME, Panel);
  const attach = () => document.documentElement.appendChild(document.createElement(NAME));
  const bar = {};

  function open(key, opener) {
    const entry = known.get(key);
    if (!entry) return;
    for (const { panel } of known.values()) if (panel && panel !== entry.panel && !panel.box.hidden) panel.show(false);
    if (!entry.panel?.isConnected) {
      entry.panel = attach();
      entry.panel.start(key, opener?.ariaLabel || opener?.textContent?.trim() || "Chat");
    }
    entry.panel.show(true, opener);
  }

  function wanted(link) {
    if (link.hasAttribute("data-comptoir")) return link.getAttribute("data-comptoir") || key;
    const path = link.href?.startsWith?.(`${base}/e/`) && new URL(link.href).pathname;
    return path && path.split("/")[2];
  }

  addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((each) => each.matches?.("a[href],[data-comptoir]"));
    const at = link && !event.defaultPrevented && wanted(link);
    if (!known.has(at)) return;
    event.preventDefault();
    open(at, link);
  });
  // A policy that forbids the frame must not leave a dead link behind.
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    if (!/^(frame|child)-src/.test(effectiveDirective) || !blockedURI.startsWith(base)) return;
    for (const [at, { panel }] of known) if (panel && !panel.ready) location.assign(`${base}/e/${at}/`);
  });

  Panel.add(key, { theme, lang });
  if (launcher) {
    const holder = attach();
    bar.button = null;
    holder.launch(key, launcher);
    bar.button = holder.button;
  }
  window.Comptoir = Object.freeze({
    open: (at = key) => open(at, document.activeElement),
    close: () => known.forEach(({ panel }) => panel && !panel.box.hidden && panel.show(false)),
    identify(proof, at = key) {
      proofs.set(at, proof);
      known.get(at)?.panel?.tell("identify", { proof });
    },
    forget() {
      proofs.clear();
      known.forEach(({ panel }) => panel?.tell("forget"));
    },
  });
})();
