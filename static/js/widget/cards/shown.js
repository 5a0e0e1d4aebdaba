/* Cards that ask nothing: a link, somebody to call, pictures that belong together. */
import { show } from "../files.js";
import { make, piece } from "../pieces.js";
import { word } from "../words.js";
import { heading, soft, thumb } from "./asking.js";

/** A button that leads away, in a tab of its own. Anything but the web is no address. */
export function outward(url, words) {
  const anchor = make("a", "btn btn--block", words, piece("i-out"), make("span", "vh", ` (${word("new_tab")})`));
  anchor.dir = "auto";
  if (/^https:\/\//i.test(url)) Object.assign(anchor, { href: url, target: "_blank", rel: "noopener noreferrer nofollow" });
  return anchor;
}

export function link(message) {
  const { text, button, url, image } = message.card;
  const words = make("p", "", text);
  words.dir = "auto";
  const rows = make("div", "body", words, outward(url, button), soft(hostOf(url)));
  return [make("div", "rich wg-card wg-link", ...thumb(message, image, "rich-pic"), rows)];
}

export function contact(message) {
  const { name, phone } = message.card;
  const head = heading(name, phone);
  head.prepend(make("span", "wg-pin", piece("i-user")));
  const call = make("a", "btn", piece("i-call"), word("call"));
  call.href = `tel:${phone.replace(/[^+\d]/g, "")}`;
  const save = make("a", "btn", piece("i-download"), word("save_contact"));
  save.download = "contact.vcf";
  save.href = "#";
  save.addEventListener("click", () => {
    save.href = URL.createObjectURL(new Blob([vcard(name, phone)], { type: "text/vcard" }));
    setTimeout(() => URL.revokeObjectURL(save.href), 10000);
  });
  return [make("div", "rich wg-card wg-person", head, make("div", "body wg-two", call, save))];
}

export function group(message, state, acts) {
  const { images, text } = message.card;
  const files = images.map((at) => message.files[at]).filter(Boolean);
  const rows = files.map((file) => make("li", "", show(file, acts.refresh)));
  const pictures = make("ul", "pics", ...rows);
  if (!text) return [pictures];
  const words = make("p", "bubble", text);
  words.dir = "auto";
  return [pictures, words];
}

function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}

/** RFC 6350; 3.0, because address books of phones read that. */
function vcard(name, phone) {
  const plain = name.replace(/[\\;,]/g, "\\$&").replace(/[\r\n]+/g, " ");
  const lines = ["BEGIN:VCARD", "VERSION:3.0", `N:${plain};;;;`, `FN:${plain}`, `TEL:${phone.replace(/[^+\d]/g, "")}`, "END:VCARD"];
  return `${lines.join("\r\n")}\r\n`;
}
