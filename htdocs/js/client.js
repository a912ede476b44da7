// SPDX-License-Identifier: MIT
// The HTTP contract as functions: what is sent, what counts as a failure worth repeating, and for how long.
// No DOM and no state but the settings, so that another page can use it as it is.

export const MESSAGE_LIMIT_BYTES = 32 * 1024;
const PAGE_ITEMS = 200;

const MESSAGE_ATTEMPTS = 7; // about 25 seconds of pauses: a pool that restarts as a whole is back by then
const LOOKUP_ATTEMPTS = 4;
const CHANGE_ATTEMPTS = 5;
const MESSAGE_TIMEOUT_MS = 120_000;
const LOOKUP_TIMEOUT_MS = 15_000;
const TRANSFER_TIMEOUT_MS = 600_000; // all that is kept of a reader may be 64 MiB and a slow line
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const LONGEST_WAIT_MS = 30_000; // a server that asks for more is told about instead of waited for
const TRANSIENT_STATUS = new Set([429, 502, 503, 504]);

// A request that did not succeed. `status` is 0 where no answer came; `code` and `message` are the server's.
export class RequestError extends Error {
  constructor({ status, code = "", message = "", retryAfterMs = 0 }) {
    super(message);
    this.name = "RequestError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  // True where the same request may succeed later.
  get isTransient() {
    return this.status === 0 || TRANSIENT_STATUS.has(this.status);
  }
}

// 128 random bits. Not crypto.randomUUID, which browsers offer on https pages alone.
export function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The text as the server will store it. String.trim knows another set of spaces than the contract (Unicode
// White_Space); NUL and halves of surrogate pairs, which a paste can bring along, would be refused.
export function cleanText(text) {
  return text
    .replace(/\0/g, "")
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

export const byteLength = (text) => new TextEncoder().encode(text).length;

export class Client {
  #sleep;

  constructor({ sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = {}) {
    this.#sleep = sleep;
  }

  // Gives the browser its cookie. Throws RequestError, as all of these do.
  async createVisitor() {
    await this.#repeat(LOOKUP_ATTEMPTS, () => exchange("POST", "/api/visitor"));
  }

  // The session last talked in, or null.
  async latestSession() {
    const { sessions } = await this.#look("/api/sessions?limit=1");
    return sessions[0] ?? null;
  }

  // All messages of a session, oldest first.
  async sessionMessages(sessionId) {
    return this.#allPages(`/api/sessions/${encodeURIComponent(sessionId)}/messages`, "messages");
  }

  // Posts {message, message_id, …} until it is answered; each repetition carries the same message_id, so the
  // server does it once. Gives the answer; it has no `reply` where the message is kept to be answered later (202).
  async sendMessage(request) {
    const options = { content: request, timeoutMs: MESSAGE_TIMEOUT_MS };
    return this.#repeat(MESSAGE_ATTEMPTS, () => exchange("POST", "/api/message", options));
  }

  // One page of memories, {memories, next_after}: the newest first or, with a query, the best.
  async memories({ query = "", kind = "", after = "", limit }) {
    const parameters = new URLSearchParams({ limit });
    for (const [name, value] of Object.entries({ query, kind, after })) if (value) parameters.set(name, value);
    return this.#look(`/api/memory?${parameters}`);
  }

  // The texts that a memory had before, earliest first.
  async memoryHistory(id) {
    return this.#allPages(`${memoryPath(id)}/history`, "history");
  }

  // Repeating these changes nothing: a text that is known already is the memory that is there.
  async addMemory(content) {
    return this.#change("POST", "/api/memory", content);
  }

  async changeMemory(id, content) {
    return this.#change("PATCH", memoryPath(id), content);
  }

  // That it is gone already is as good: perhaps only the answer to an earlier attempt was lost.
  async forgetMemory(id) {
    try {
      await this.#change("DELETE", memoryPath(id));
    } catch (error) {
      if (error.code !== "memory_not_found") throw error;
    }
  }

  // For a page that is being left: the browser sends it all the same, and nobody hears the answer.
  forgetMemoryWhileLeaving(id) {
    fetch(memoryPath(id), { method: "DELETE", keepalive: true }).catch(() => {});
  }

  // Everything that is kept of the reader, as a Blob of lines.
  async exportUser() {
    const options = { timeoutMs: TRANSFER_TIMEOUT_MS, read: (response) => response.blob() };
    return this.#repeat(LOOKUP_ATTEMPTS, () => exchange("GET", "/api/export", options));
  }

  // Takes in what exportUser gave; what is there already stays. Gives {imported, existing}.
  async importUser(file) {
    const options = { content: file, type: "application/x-ndjson", timeoutMs: TRANSFER_TIMEOUT_MS };
    return this.#repeat(LOOKUP_ATTEMPTS, () => exchange("POST", "/api/import", options));
  }

  async deleteUser() {
    return this.#change("DELETE", "/api/user");
  }

  async #allPages(path, name) {
    const items = [];
    let after = "";
    do {
      const parameters = new URLSearchParams(after ? { limit: PAGE_ITEMS, after } : { limit: PAGE_ITEMS });
      const page = await this.#look(`${path}?${parameters}`);
      items.push(...page[name]);
      after = page.next_after;
    } while (after);
    return items;
  }

  #change(method, path, content) {
    return this.#repeat(CHANGE_ATTEMPTS, () => exchange(method, path, { content }));
  }

  #look(path) {
    return this.#repeat(LOOKUP_ATTEMPTS, () => exchange("GET", path));
  }

  async #repeat(attempts, action) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await action();
      } catch (error) {
        const mayRepeat = error instanceof RequestError && error.isTransient && error.retryAfterMs <= LONGEST_WAIT_MS;
        if (!mayRepeat || attempt >= attempts) throw error;
        await this.#sleep(pauseMs(attempt, error.retryAfterMs));
      }
    }
  }
}

// Doubling pauses, never shorter than the server asked for. The random part keeps the pages that one outage
// has stopped from coming back all at the same instant.
function pauseMs(attempt, retryAfterMs) {
  const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, backoff / 2) + (Math.random() * backoff) / 2;
}

const memoryPath = (id) => `/api/memory/${encodeURIComponent(id)}`;

const parsed = async (response) => {
  const text = await response.text();
  return text === "" ? null : JSON.parse(text);
};

// One request. Gives what `read` makes of the answer: its JSON, null where it has none. `content` is written as
// JSON, but where a `type` says what it is.
async function exchange(method, path, { content, type, timeoutMs = LOOKUP_TIMEOUT_MS, read = parsed } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const options = { method, signal: abort.signal, headers: {}, cache: "no-store" };
  if (content !== undefined) {
    options.headers["Content-Type"] = type ?? "application/json";
    options.body = type ? content : JSON.stringify(content);
  }
  try {
    const response = await fetch(path, options);
    if (!response.ok) throw refusal(response, await response.text());
    return await read(response);
  } catch (error) {
    // No connection, the time limit, or an answer cut off in the middle: all the same to the caller.
    throw error instanceof RequestError ? error : new RequestError({ status: 0, message: error.message });
  } finally {
    clearTimeout(timer);
  }
}

function refusal(response, text) {
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // Something between here and the server answered with a page of its own; the status has to do.
  }
  const retryAfterMs = parseRetryAfter(response.headers.get("Retry-After"));
  return new RequestError({ status: response.status, code: error.code, message: error.message, retryAfterMs });
}

// Seconds or an HTTP date, as RFC 9110 has it.
function parseRetryAfter(value) {
  if (!value) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
