/** The native messaging port: sends requests for the daemon's API and returns their answers. */
import { api } from "./browser.js";

const HOST = "org.plnd.host";

/** In milliseconds. The native host may take 5 s to start the daemon. */
const TIMEOUT = 30_000;

/** No answer came; `code` is one of those in errors.js. */
export class NativePortError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class NativePort {
  #port = null;
  /** The requests without an answer, by id. */
  #pending = new Map();
  #nextId = 1;

  /**
   * @returns {Promise<{status: number, body: object}>} the daemon's answer, whatever its status
   * @throws {NativePortError} when there is no answer
   */
  request(method, path, body) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#timeOut(id), TIMEOUT);
      this.#pending.set(id, { resolve, reject, timer });
      try {
        this.#port ??= this.#connect();
        this.#port.postMessage({ id, method, path: `/api/v1/${path}`, body });
      } catch (error) {
        this.#settle(id)?.reject(new NativePortError(codeOf(error.message), error.message));
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
      for (const id of [...this.#pending.keys()]) {
        this.#settle(id).reject(new NativePortError(codeOf(message), message));
      }
    });
    return port;
  }

  /** Disconnects from a host that does not answer: the next request starts another. */
  #timeOut(id) {
    this.#settle(id)?.reject(new NativePortError("host_silent", "the native host does not answer"));
    this.#port?.disconnect();
    this.#port = null;
  }

  /** Removes a request from those that wait; returns it, or undefined if it was settled before. */
  #settle(id) {
    const request = this.#pending.get(id);
    if (request) clearTimeout(request.timer);
    this.#pending.delete(id);
    return request;
  }
}

function codeOf(message = "") {
  if (/not found|no such native/i.test(message)) return "host_missing";
  if (/forbidden|not allowed/i.test(message)) return "host_forbidden";
  return "host_gone";
}
