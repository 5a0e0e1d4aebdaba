/* The widget's protocol over HTTP (docs/protocol-widget.md). */
const BASE = "/widget/v1/";

/** The server said no, and the same request would be refused again. `code` is the protocol's, `field` and
    `fault` what is wrong with what was sent. */
export class Refusal extends Error {
  constructor(status, { error, field = "", fault = "" }, wait = 0) {
    super(error);
    Object.assign(this, { status, code: error, field, fault, wait });
  }
}

/** No answer, or one that means "later": the same request may well succeed. */
export class Unreachable extends Error {}

export class Client {
  #over;

  constructor(store, { key, language }) {
    Object.assign(this, { store, key, language });
    this.#over = () => {};
  }

  /** Called when the session is good for nothing any more. */
  set onOver(callback) {
    this.#over = callback;
  }

  /** Begin or continue a session; keeps the token. Returns the whole state. */
  async start(proof) {
    const locale = navigator.language || this.language;
    const body = { entry_point: this.key, locale, ...(proof ? { identity: proof } : {}) };
    const state = await this.#send("POST", "session/", body);
    this.store.token = state.token;
    return state;
  }

  async post(path, body = {}) {
    return this.#withToken(() => this.#send("POST", path, body));
  }

  async get(path) {
    return this.#withToken(() => this.#send("GET", path));
  }

  /** Upload with progress, 0 to 1; fetch() cannot tell how far it is. */
  upload(file, { voice = false, onProgress = () => {}, signal } = {}) {
    const form = new FormData();
    form.append("file", file, file.name);
    if (voice) form.append("voice", "1");
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${BASE}uploads/`);
      request.setRequestHeader("Authorization", `Bearer ${this.store.token}`);
      request.responseType = "json";
      request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
      request.onerror = request.onabort = request.ontimeout = () => reject(new Unreachable());
      request.onload = () =>
        request.status === 201 ? resolve(request.response.file) : reject(verdict(request.status, request.response));
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }

  async #withToken(send) {
    const used = this.store.token;
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      if (this.store.token && this.store.token !== used) return send(); // another tab has a newer token
      this.#over();
      throw error;
    }
  }

  async #send(method, path, body) {
    const headers = {};
    if (this.store.token) headers.Authorization = `Bearer ${this.store.token}`;
    if (body) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(BASE + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
      });
    } catch {
      throw new Unreachable();
    }
    const facts = await answer.json().catch(() => null);
    if (answer.ok && facts) return facts;
    throw verdict(answer.status, facts, Number(answer.headers.get("Retry-After")));
  }
}

function verdict(status, facts, wait = 0) {
  const final = status >= 400 && status < 500 && facts?.error;
  return final ? new Refusal(status, facts, wait) : new Unreachable();
}
