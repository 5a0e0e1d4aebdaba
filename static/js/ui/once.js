/* <ui-once><form>…</form></ui-once>: a second press while the first is on its way sends nothing. */
class UiOnce extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      if (this.sent) event.preventDefault();
      else this.#mark(true);
    });
    addEventListener("pageshow", () => this.#mark(false));
  }

  #mark(sent) {
    this.sent = sent;
    for (const button of this.querySelectorAll('button[type="submit"], button:not([type])')) {
      button.setAttribute("aria-busy", String(sent));
    }
  }
}

customElements.define("ui-once", UiOnce);
