/* Pieces of the page (templates/widget/pieces.html), ready to be filled in. */
export const piece = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

export function make(tag, kind = "", ...children) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...children);
  return element;
}
