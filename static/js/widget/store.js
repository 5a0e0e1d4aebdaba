/* What this browser keeps for one entry point: the token, and words that have not gone out.
   In the frame's own storage, never the host page's. Where storage is refused (some browsers refuse it to
   frames of other sites) it lives in memory, and the conversation ends with the page. */
export class Store {
  #memory = new Map();

  constructor(key) {
    this.name = `comptoir.${key}`;
  }

  get token() {
    return this.#get(localStorage_, "token") || "";
  }

  set token(value) {
    this.#set(localStorage_, "token", value);
  }

  /** Unsent messages of this tab, oldest first. */
  get unsent() {
    try {
      const found = JSON.parse(this.#get(sessionStorage_, "unsent") || "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  set unsent(items) {
    this.#set(sessionStorage_, "unsent", items.length ? JSON.stringify(items) : "");
  }

  #get(area, field) {
    const name = `${this.name}.${field}`;
    try {
      return area().getItem(name) ?? this.#memory.get(name);
    } catch {
      return this.#memory.get(name);
    }
  }

  #set(area, field, value) {
    const name = `${this.name}.${field}`;
    this.#memory.set(name, value);
    try {
      if (value) area().setItem(name, value);
      else area().removeItem(name);
    } catch {
      // Refused or full: memory has it.
    }
  }
}

// Functions, because in a frame that may not store anything the mere mention throws.
const localStorage_ = () => window.localStorage;
const sessionStorage_ = () => window.sessionStorage;
