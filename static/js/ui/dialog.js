/* <ui-dialog id="x"><dialog>…</dialog></ui-dialog>, opened by any <button data-opens="x">, closed by [data-close],
   Escape or a click on the backdrop. It begins at the first thing to fill in or press; the browser keeps the focus
   inside and gives it back. */
const FIRST = ":scope .in :is(input:not([type=hidden]), select, textarea, button:not([data-add]))";

class UiDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog || event.target.closest("[data-close]")) this.dialog.close();
    });
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    if (!this.dialog.querySelector("[autofocus]")) this.dialog.querySelector(FIRST)?.focus(); // rather than "Close"
  }
}

customElements.define("ui-dialog", UiDialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault(); // a link that opens a dialog leads to the same as a page, for those without script
  dialog.open();
});
