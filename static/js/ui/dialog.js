/* <ui-dialog id="x"><dialog>…</dialog></ui-dialog>, opened by any <button data-opens="x">, closed by [data-close],
   Escape or a click on the backdrop. The browser keeps the focus inside and gives it back. */
class UiDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog || event.target.closest("[data-close]")) this.dialog.close();
    });
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
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
