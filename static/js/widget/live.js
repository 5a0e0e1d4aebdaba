/* Hearing what changes: a socket that comes back by itself and resumes at its cursor; long polling where
   sockets never open. Emits "state" (the whole), "changes", "typing", "connection" (true | false), "over". */
const PING_MS = 25000;
const SILENCE_MS = 60000;
const LONGEST_MS = 30000;
const NO_NETWORK = 1006; // as a socket that broke says
const NO_SESSION = new Set([4003, 4404]);

export class Live extends EventTarget {
  #socket = null;
  #cursor = "";
  #tries = 0;
  #opened = false;
  #got = 0;
  #timers = [];
  #wanted = false;
  #connected = null;

  constructor(client) {
    super();
    this.client = client;
    addEventListener("online", () => this.#wanted && this.#connected === false && this.#again(0));
    addEventListener("offline", () => this.#socket && this.#closed(NO_NETWORK)); // not only when silence is noticed
  }

  /** Follow from `cursor` on. */
  start(cursor) {
    this.stop();
    this.#cursor = cursor;
    this.#wanted = true;
    this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#drop();
  }

  /** Only a socket can tell; without one nobody is told. */
  typing(on) {
    if (this.#socket?.readyState === WebSocket.OPEN && this.#connected) this.#put({ op: "typing", on });
  }

  #open() {
    this.#drop();
    const address = new URL("/widget/v1/live/", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(address));
    this.#got = 0;
    socket.onopen = () => this.#put({ op: "hello", token: this.client.store.token, cursor: this.#cursor });
    socket.onmessage = (event) => socket === this.#socket && this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#closed(event.code);
    this.#timers.push(setInterval(() => this.#put({ op: "ping", got: this.#got }), PING_MS));
    this.#alarm();
  }

  #hear(frame) {
    this.#got += 1;
    this.#alarm();
    if (frame.op === "ready") {
      this.#tries = 0;
      this.#opened = true;
      this.#take(frame);
      this.#tell("connection", true);
    } else if (frame.op === "changes") this.#take(frame);
    else if (frame.op === "typing") this.#tell("typing", frame.on);
  }

  #take(facts) {
    this.#cursor = facts.cursor;
    this.#tell(facts.resync ? "state" : "changes", facts);
  }

  #closed(code) {
    this.#drop();
    this.#tell("connection", false);
    if (NO_SESSION.has(code)) {
      this.#wanted = false;
      this.#tell("over");
    } else if (!this.#opened && this.#tries >= 2 && navigator.onLine) this.#poll();
    else this.#again(Math.random() * Math.min(LONGEST_MS, 1000 * 2 ** this.#tries++));
  }

  #again(wait) {
    this.#drop();
    if (this.#wanted) this.#timers.push(setTimeout(() => this.#open(), wait));
  }

  async #poll() {
    const until = Date.now() + 10 * 60000; // then a socket is tried again
    while (this.#wanted && Date.now() < until) {
      try {
        this.#take(await this.client.get(`events/?after=${encodeURIComponent(this.#cursor)}`));
        this.#tell("connection", true);
      } catch {
        this.#tell("connection", false);
        await new Promise((resolve) => setTimeout(resolve, 2000 + Math.random() * 3000));
      }
    }
    this.#tries = 0;
    this.#again(0);
  }

  #alarm() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.#socket?.close(), SILENCE_MS);
  }

  #drop() {
    this.#timers.splice(0).forEach((timer) => (clearTimeout(timer), clearInterval(timer)));
    clearTimeout(this.silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #put(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #tell(type, detail) {
    if (type === "connection") {
      if (this.#connected === detail) return;
      this.#connected = detail;
    }
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
