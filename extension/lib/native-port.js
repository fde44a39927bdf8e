/** The native port: requests for the daemon's API, each with its answer. */
import { api } from "./browser.js";

const HOST = "org.plnd.host";

/** The host may take 5 s to start the daemon; past this the answer is not coming. */
const PATIENCE = 30_000;

/** `code` is one of those in errors.js. */
export class PipeError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Pipe {
  #port = null;
  #waiting = new Map();
  #nextId = 1;

  /**
   * @returns {Promise<{status: number, body: object}>} whatever the daemon answered
   * @throws {PipeError} when there is no answer
   */
  request(method, path, body) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(id), PATIENCE);
      this.#waiting.set(id, { resolve, reject, timer });
      try {
        this.#port ??= this.#connect();
        this.#port.postMessage({ id, method, path: `/api/v1/${path}`, body });
      } catch (error) {
        this.#settle(id)?.reject(new PipeError(codeOf(error.message), error.message));
        this.#port = null;
      }
    });
  }

  #connect() {
    const port = api.runtime.connectNative(HOST);
    port.onMessage.addListener(({ id, status, body }) => {
      this.#settle(id)?.resolve({ status, body: body ?? {} });
    });
    port.onDisconnect.addListener(() => {
      const message = port.error?.message ?? api.runtime.lastError?.message ?? "";
      if (this.#port === port) this.#port = null;
      for (const id of [...this.#waiting.keys()]) {
        this.#settle(id).reject(new PipeError(codeOf(message), message));
      }
    });
    return port;
  }

  /** A host that does not answer is left: the next request starts another. */
  #giveUp(id) {
    this.#settle(id)?.reject(new PipeError("host_silent", "the native host does not answer"));
    this.#port?.disconnect();
    this.#port = null;
  }

  #settle(id) {
    const waiter = this.#waiting.get(id);
    if (waiter) clearTimeout(waiter.timer);
    this.#waiting.delete(id);
    return waiter;
  }
}

function codeOf(message = "") {
  if (/not found|no such native/i.test(message)) return "host_missing";
  if (/forbidden|not allowed/i.test(message)) return "host_forbidden";
  return "host_gone";
}
