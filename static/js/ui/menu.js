/* <ui-menu><details><summary>…</summary><div class="menu">links and buttons</div></details></ui-menu>
   Works without script; with it, Escape and a click elsewhere close, arrows move, opening one closes the others. */
const ITEMS = 'a[href], button:not([disabled]), [role="menuitem"]';

class UiMenu extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.addEventListener("keydown", this.#onKey);
    this.addEventListener("focusout", this.#onLeave);
    document.addEventListener("click", this.#onClick);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.#onClick);
  }

  close({ refocus = false } = {}) {
    if (!this.details.open) return;
    this.details.open = false;
    if (refocus) this.details.querySelector("summary").focus();
  }

  #onClick = (event) => {
    if (!this.contains(event.target)) this.close();
  };

  #onLeave = (event) => {
    if (event.relatedTarget && !this.contains(event.relatedTarget)) this.close();
  };

  #onKey = (event) => {
    if (event.key === "Escape" && this.details.open) {
      event.stopPropagation();
      this.close({ refocus: true });
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#step(event.key === "ArrowDown" ? 1 : -1);
    }
  };

  #step(by) {
    this.details.open = true;
    const items = [...this.querySelectorAll(`.menu :is(${ITEMS})`)];
    const at = items.indexOf(document.activeElement);
    const next = at === -1 && by === -1 ? items.length - 1 : (at + by + items.length) % items.length;
    items[next]?.focus();
  }
}

customElements.define("ui-menu", UiMenu);
