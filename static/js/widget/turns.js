/* The list of turns: messages by time, then what is on its way. Every message is one row, known by its id,
   so that the same message told twice is still one. */
import { card, filesIn } from "./cards.js";
import { answered, bubble as answerBubble } from "./cards/said.js";
import { show } from "./files.js";
import { write } from "./links.js";
import { make, piece } from "./pieces.js";
import { clock, day, word } from "./words.js";

const order = (one, other) => one.at.localeCompare(other.at) || one.seq - other.seq;

export class Turns {
  #messages = new Map();
  #states = new Map();
  #typing = false;
  #focused = null; // the row in whose place before the focus was

  #drawn = new Map();

  /** `acts`: answer(message, facts, shown), refresh(file), retry(client_id), remove(client_id). */
  constructor(list, sending, acts) {
    Object.assign(this, { list, sending, acts });
    this.rows = new Map();
  }

  reset() {
    this.#messages.clear();
    this.#states.clear();
  }

  /** Returns the messages of the business that were not known before. */
  take({ messages = [], conversations = [] }) {
    const fresh = messages.filter((each) => each.from === "business" && !this.#messages.has(each.id));
    for (const message of messages) {
      if (message.removed) this.#messages.delete(message.id);
      else this.#messages.set(message.id, message);
    }
    for (const state of conversations) this.#states.set(state.conversation, state);
    this.draw();
    return fresh;
  }

  set typing(on) {
    if (this.#typing === on) return;
    this.#typing = on;
    this.draw();
  }

  get empty() {
    return this.#messages.size === 0 && this.sending.items.length === 0;
  }

  /** The state of the conversation that was told of last, {} before the first. */
  get state() {
    const last = [...this.#messages.values()].sort(order).at(-1);
    return this.#states.get(last?.conversation) ?? [...this.#states.values()].at(-1) ?? {};
  }

  /** The last message of the business, for the marks. */
  get lastHeard() {
    return [...this.#messages.values()].filter((each) => each.from === "business").sort(order).at(-1);
  }

  draw() {
    const told = [...this.#messages.values()].sort(order);
    const known = new Set(told.map((message) => message.client_id));
    const waiting = this.sending.items.filter((item) => !known.has(item.client_id) && !isTold(item));
    const rows = [];
    let before;
    for (const message of told) {
      if (before?.at.slice(0, 10) !== message.at.slice(0, 10)) rows.push(this.#day(message));
      rows.push(this.#row(message, before));
      before = message;
    }
    rows.push(...waiting.map((item) => this.#waiting(item)), ...this.#tail(told, waiting));
    this.#place(rows);
  }

  /** Put exactly `rows` into the list and touch none that stands where it should: focus and sound stay. */
  #place(rows) {
    const wanted = new Set(rows);
    for (const row of [...this.list.children]) if (!wanted.has(row)) row.remove();
    rows.forEach((row, at) => {
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
    });
    const target = '[aria-invalid="true"]';
    (this.#focused?.querySelector(target) ?? this.#focused?.querySelector('[tabindex="-1"]'))?.focus();
    this.#focused = null;
  }

  /** The same element as long as nothing of it has changed: a form that is being filled in stays as it is. */
  #row(message, before) {
    const item = message.card && this.sending.answering(message.id);
    const looks = JSON.stringify([message, item?.client_id, item?.problem], withoutAddresses);
    let row = this.rows.get(message.id);
    if (!row || this.#drawn.get(message.id) !== looks) {
      const fresh = message.from === "visitor" ? this.#ours(message) : this.#theirs(message, item);
      if (row?.contains(document.activeElement)) this.#focused = fresh;
      this.rows.set(message.id, (row = fresh));
      this.#drawn.set(message.id, looks);
    }
    const by = row.querySelector(".by");
    if (message.from === "business") {
      by.classList.toggle("vh", before?.from === "business" && before.name === message.name);
    }
    return row;
  }

  #theirs(message, item) {
    const row = piece("t-turn");
    row.classList.add("turn--in");
    const face = row.querySelector(".av");
    if (message.automatic) face.append(piece("i-bot"));
    else face.textContent = (message.name || "·").slice(0, 1).toUpperCase();
    face.classList.add(message.automatic ? "av--bot" : "t2");
    row.querySelector("b").textContent = message.name || word("automatic");
    row.querySelector(".by").append(time(message.at));
    row.append(...this.#content(message, item));
    return row;
  }

  #ours(message) {
    const by = make("p", "by vh", make("b", "", word("you")), time(message.at));
    return make("li", "turn turn--out", by, ...this.#content(message));
  }

  #content(message, item) {
    if (message.withdrawn) return [make("p", "bubble is-queued", word("withdrawn"))];
    const parts = message.text ? [bubble(message.text)] : [];
    const inCard = message.card ? filesIn(message.card) : new Set();
    parts.push(...message.files.filter((_, at) => !inCard.has(at)).map((file) => show(file, this.acts.refresh)));
    if (message.card) parts.push(...(card(message, item, this.acts) ?? []));
    else if (message.answer || message.place) parts.push(this.#answer(message));
    if (message.edited) parts.push(make("p", "status", word("edited")));
    return parts.length ? parts : [make("p", "bubble is-queued", word("unsupported"))];
  }

  #answer(message) {
    const shown = message.answer ? answered(message, this.#messages.get(message.reply_to)) : message;
    return answerBubble(shown) ?? bubble(shown.text);
  }

  #waiting({ client_id, shown, problem }) {
    const key = `${client_id}.${problem}`;
    const known = this.rows.get(key);
    if (known) return known;
    const row = make("li", "turn turn--out", make("p", "by vh", make("b", "", word("you"))));
    if (shown.filled) row.append(answerBubble(shown));
    else if (shown.text) row.append(bubble(shown.text, problem ? "" : "is-queued"));
    row.append(...(shown.files ?? []).map((name) => bubble(name, "is-queued")));
    row.append(problem ? this.#problem(client_id, problem) : status("i-sending", word("sending")));
    this.rows.set(key, row);
    return row;
  }

  #problem(client_id, problem) {
    const row = status("i-bad", "");
    row.classList.add("status--bad");
    const again = make("button", "btn btn--link", word("try_again"));
    again.type = "button";
    again.addEventListener("click", () => this.acts.retry(client_id));
    row.append(make("b", "", word("not_sent")), ` ${reason(problem)} `, again);
    if (problem !== "offline") {
      const remove = make("button", "btn btn--link", word("remove"));
      remove.type = "button";
      remove.addEventListener("click", () => this.acts.remove(client_id));
      row.append(" ", remove);
    }
    return row;
  }

  #tail(told, waiting) {
    const rows = [];
    const last = told.at(-1);
    if (last?.from === "visitor" && !waiting.length) rows.push(this.#receipt(last));
    if (this.state.closed && !waiting.length) rows.push(this.#event("closed", word("closed")));
    if (this.#typing) rows.push(this.#dots());
    return rows;
  }

  #receipt(message) {
    const read = (this.#states.get(message.conversation)?.read_up_to ?? 0) >= message.seq;
    const key = `receipt.${message.id}.${read}`;
    if (!this.rows.has(key)) {
      const line = status(read ? "i-read" : "i-sent", word(read ? "read" : "sent"));
      line.append(" ", time(message.at));
      this.rows.set(key, make("li", "turn turn--out wg-receipt", line));
    }
    return this.rows.get(key);
  }

  #day({ at }) {
    return this.#event(`day.${at.slice(0, 10)}`, day(at), "wg-day");
  }

  #event(key, text, kind = "") {
    if (!this.rows.has(key)) {
      const row = kind ? make("li", `event ${kind}`, make("span")) : piece("t-event");
      row.querySelector("span").textContent = text;
      this.rows.set(key, row);
    }
    return this.rows.get(key);
  }

  #dots() {
    if (!this.rows.has("typing")) {
      const row = piece("t-typing");
      row.querySelector(".vh").textContent = word("typing");
      this.rows.set("typing", row);
    }
    return this.rows.get("typing");
  }
}

export function reason(problem) {
  const name = { offline: "offline", too_large: "reason_too_large", too_often: "reason_too_often" }[problem];
  const other = { empty: "reason_empty", too_many_files: "reason_too_many_files", answered: "reason_answered" }[problem];
  return word(name ?? other ?? "reason_other");
}

/** Of an answer that the server found wrong the card itself says so. */
const isTold = ({ path, problem }) => path === "answers/" && ["bad_answer", "bad_field"].includes(problem);

/** Addresses of files change with every telling; what they lead to does not. */
const withoutAddresses = (name, value) => (name === "url" || name === "preview_url" ? Boolean(value) : value);

function bubble(text, kind = "") {
  const element = make("p", `bubble ${kind}`.trim());
  element.dir = "auto";
  write(element, text);
  return element;
}

function status(icon, text) {
  return make("p", "status", piece(icon), text);
}

function time(at) {
  const element = make("time", "", clock(at));
  element.dateTime = at;
  return element;
}
