/* The rows of a card's form, and the sections that a list's rows stand in: added, moved and removed, by keyboard too. */
const SECTION = /^s\d+-/;

export class Rows {
  constructor(builder, changed) {
    this.builder = builder;
    this.changed = changed;
    this.first = builder.querySelector("[data-section]")?.cloneNode(true);
    builder.addEventListener("click", (event) => this.#onClick(event.target));
    builder.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /* Fields called `name`, without those of rows that nothing is written in. */
  filled(name) {
    if (!name) return []; // about the whole card
    const named = [...this.builder.form.elements].filter((each) => each.name === name);
    return named.filter((each) => !each.closest(".option-row") || first(each.closest(".option-row")).value.trim());
  }

  /* To the same field of the next row, made when there is none; elsewhere to the next field. */
  next(input) {
    const row = input.closest(".option-row");
    if (!row) return this.#following(input)?.focus();
    const below = rowAfter(row) ?? this.#add(row.closest(".options"));
    if (below) first(below).focus();
  }

  /* As many rows and sections as `written`, a list of [name, value], has, with what it says. */
  restore(written) {
    const values = byName(written);
    while (this.#sections.length && values.has(`s${this.#sections.length}-option`)) this.#addSection();
    for (const [name, said] of values) this.#fill(name, said);
  }

  /* As before anything was written. */
  reset() {
    for (const section of this.#sections.slice(1)) section.remove();
    for (const box of this.builder.querySelectorAll(".options")) for (const row of rowsOf(box).slice(2)) row.remove();
    for (const hidden of this.builder.querySelectorAll(".card-picture [type=hidden]")) hidden.value = "";
  }

  get #sections() {
    return [...this.builder.querySelectorAll("[data-section]")];
  }

  #fill(name, values) {
    const named = () => [...this.builder.form.elements].filter((each) => each.name === name);
    while (named().length < values.length && named()[0]?.closest(".option-row")) {
      if (!this.#add(named()[0].closest(".options"))) break;
    }
    named().forEach((field, place) => {
      if (field.type === "checkbox") field.checked = true;
      else if (place < values.length) field.value = values[place];
    });
  }

  #onClick(target) {
    const pressed = (what) => target.closest(`[${what}]`);
    if (pressed("data-add")) first(this.#add(target.closest(".options")))?.focus();
    else if (pressed("data-add-section")) first(rowsOf(this.#addSection())[0])?.focus();
    else if (pressed("data-remove")) this.#remove(target.closest(".option-row"));
    else if (pressed("data-remove-section")) this.#removeSection(target.closest("[data-section]"));
    else return;
    this.changed();
  }

  #onKey(event) {
    const row = event.target.closest(".option-row");
    if (!row) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.#move(row, event);
    else if (event.key === "Backspace" && empty(row) && rowsOf(row.parentElement).length > 1) {
      event.preventDefault();
      this.#remove(row);
      this.changed();
    }
  }

  #move(row, event) {
    const other = event.key === "ArrowUp" ? rowBefore(row) : rowAfter(row);
    event.preventDefault();
    if (!other) return;
    if (event.key === "ArrowUp") other.before(row);
    else other.after(row);
    this.#require(row.parentElement);
    event.target.focus();
    this.changed();
  }

  #add(box) {
    const rows = rowsOf(box);
    if (rows.length >= Number(box.dataset.most)) return null;
    const row = blank(rows.at(-1).cloneNode(true));
    rows.at(-1).after(row);
    return row;
  }

  #remove(row) {
    const box = row.parentElement;
    const near = rowBefore(row) ?? rowAfter(row);
    if (near) row.remove();
    else blank(row);
    this.#require(box);
    first(near ?? row).focus();
  }

  #addSection() {
    const all = this.#sections;
    const button = this.builder.querySelector("[data-add-section]");
    if (all.length >= Number(button.dataset.most)) return all.at(-1);
    const fresh = this.first.cloneNode(true);
    for (const field of fresh.querySelectorAll("[required]")) field.required = false;
    all.at(-1).after(fresh);
    this.#number();
    return fresh;
  }

  #removeSection(section) {
    const near = section.previousElementSibling?.closest("[data-section]") ?? section.nextElementSibling?.closest("[data-section]");
    if (!near) return;
    section.remove();
    this.#number();
    this.#require(this.#sections[0]);
    first(rowsOf(near)[0]).focus();
  }

  #number() {
    this.#sections.forEach((section, place) => {
      for (const field of section.querySelectorAll("[name]")) field.name = field.name.replace(SECTION, `s${place}-`);
    });
  }

  /* The first row must be filled in, whichever it is now. */
  #require(box) {
    const needed = !box.matches("[data-section]") || box === this.#sections[0];
    rowsOf(box).forEach((row, place) => (first(row).required = needed && place === 0));
  }

  #following(input) {
    const fields = [...this.builder.form.elements].filter((each) => each.matches("input:not([type=hidden], [type=file]), select, textarea, button.btn--primary"));
    return fields[fields.indexOf(input) + 1];
  }
}

const rowsOf = (box) => [...box.querySelectorAll(":scope > .option-row")];
const first = (row) => row?.querySelector("input:not([type=hidden], [type=file])");
const empty = (row) => [...row.querySelectorAll("input:not([type=file])")].every((input) => !input.value);

function rowAfter(row) {
  const rows = rowsOf(row.parentElement);
  return rows[rows.indexOf(row) + 1];
}

function rowBefore(row) {
  const rows = rowsOf(row.parentElement);
  return rows[rows.indexOf(row) - 1];
}

function blank(row) {
  for (const input of row.querySelectorAll("input")) Object.assign(input, { value: "", required: false });
  for (const select of row.querySelectorAll("select")) select.selectedIndex = 0;
  for (const marked of row.querySelectorAll("[aria-invalid]")) marked.removeAttribute("aria-invalid");
  showPicture(row.querySelector(".card-picture"));
  return row;
}

/* The picture's button shows it once there is one. */
export function showPicture(slot, address = "") {
  if (!slot) return;
  slot.querySelector("label").hidden = Boolean(address);
  slot.querySelector("button").hidden = !address;
  const image = slot.querySelector("img");
  if (address) image.src = address;
  else image.removeAttribute("src");
}

function byName(pairs) {
  const found = new Map();
  for (const [name, value] of pairs) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}
