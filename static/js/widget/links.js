/* Text as people wrote it: as text, with web addresses made into links. Linear in its length. */
const LINK = /https?:\/\/[^\s<>"“”«»]{1,2000}/gi;
const TRAILING = /[.,;:!?)\]}'’]+$/;
const DIRECTION = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

export function write(element, text) {
  const clean = text.replace(DIRECTION, "");
  let done = 0;
  for (const found of clean.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    element.append(clean.slice(done, found.index), link(address));
    done = found.index + address.length;
  }
  element.append(clean.slice(done));
}

function link(address) {
  const anchor = document.createElement("a");
  let url;
  try {
    url = new URL(address);
  } catch {
    return address;
  }
  anchor.href = url.href;
  // The host as the browser goes to it: a look-alike shows itself as xn--….
  anchor.textContent = address.replace(/^(https?:\/\/)[^/?#]*/i, (_, scheme) => scheme + url.host);
  anchor.target = "_blank";
  anchor.rel = "noopener nofollow ugc";
  return anchor;
}
