/* What the visitor has said and the server has not taken yet: in order, each under its own client_id, so
   that trying again never says it twice. Kept in the tab's storage, so a reload loses nothing. */
import { Refusal } from "./client.js";

const RETRY_MS = 4000;

export class Sending extends EventTarget {
  #items;
  #busy = false;
  #timer = 0;

  constructor(client) {
    super();
    this.client = client;
    this.#items = client.store.unsent.filter((item) => item && typeof item.client_id === "string");
  }

  /** Oldest first; `problem` is "" on its way, "offline" while it waits, or the server's code. */
  get items() {
    return this.#items;
  }

  /** Say `facts` ({ text, files } or what answers a card); `shown` is what the page shows meanwhile. */
  add(path, facts, shown) {
    const item = { path, client_id: crypto.randomUUID(), facts, shown, problem: "", at: new Date().toISOString() };
    this.#items.push(item);
    this.#changed();
    this.flush();
  }

  /** The answer to the card of message `id` that has not been taken yet, if any. */
  answering(id) {
    return this.#items.find((item) => item.path === "answers/" && item.facts.message === id);
  }

  /** Answer the card of message `id`, in place of an answer that was refused. */
  answer(id, facts, shown) {
    this.#items = this.#items.filter((item) => item !== this.answering(id));
    this.add("answers/", { message: id, ...facts }, shown);
  }

  retry(client_id) {
    const item = this.#items.find((each) => each.client_id === client_id);
    if (item) item.problem = "";
    this.#changed();
    this.flush();
  }

  remove(client_id) {
    this.#items = this.#items.filter((each) => each.client_id !== client_id);
    this.#changed();
  }

  /** Send what waits; call it again whenever the network may be back. */
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      for (let item = this.#next(); item; item = this.#next()) if (!(await this.#send(item))) break;
    } finally {
      this.#busy = false;
    }
  }

  #next() {
    return this.#items.find((item) => item.problem === "" || item.problem === "offline");
  }

  async #send(item) {
    try {
      const answer = await this.client.post(item.path, { client_id: item.client_id, ...item.facts });
      this.dispatchEvent(new CustomEvent("sent", { detail: answer.message }));
      this.remove(item.client_id);
      return true;
    } catch (error) {
      const refused = error instanceof Refusal && error.status !== 401;
      item.problem = refused ? error.code : "offline";
      Object.assign(item, refused ? { field: error.field, fault: error.fault } : {});
      this.#changed();
      if (!refused) this.#timer = setTimeout(() => this.flush(), RETRY_MS);
      return refused;
    }
  }

  #changed() {
    this.client.store.unsent = this.#items;
    this.dispatchEvent(new Event("change"));
  }
}
