// SPDX-License-Identifier: MIT
// The HTTP contract as functions: what is sent, what counts as a failure worth repeating, and for how long.
// No DOM and no state but the settings, so that another page can use it as it is.

export const MESSAGE_LIMIT_BYTES = 32 * 1024;
const PAGE_ITEMS = 200;

const MESSAGE_ATTEMPTS = 7; // about 25 seconds of pauses: a pool that restarts as a whole is back by then
const LOOKUP_ATTEMPTS = 4;
const MESSAGE_TIMEOUT_MS = 120_000;
const LOOKUP_TIMEOUT_MS = 15_000;
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
    await this.#repeat(LOOKUP_ATTEMPTS, () => exchange("POST", "/api/visitor", undefined, LOOKUP_TIMEOUT_MS));
  }

  // The session last talked in, or null.
  async latestSession() {
    const { sessions } = await this.#look("/api/sessions?limit=1");
    return sessions[0] ?? null;
  }

  // All messages of a session, oldest first.
  async sessionMessages(sessionId) {
    const path = `/api/sessions/${encodeURIComponent(sessionId)}/messages?limit=${PAGE_ITEMS}`;
    const messages = [];
    let after = "";
    do {
      const page = await this.#look(after ? `${path}&after=${encodeURIComponent(after)}` : path);
      messages.push(...page.messages);
      after = page.next_after;
    } while (after);
    return messages;
  }

  // Posts {message, message_id, …} until it is answered; each repetition carries the same message_id, so the
  // server does it once. Gives the answer; it has no `reply` where the message is kept to be answered later (202).
  async sendMessage(request) {
    return this.#repeat(MESSAGE_ATTEMPTS, () => exchange("POST", "/api/message", request, MESSAGE_TIMEOUT_MS));
  }

  #look(path) {
    return this.#repeat(LOOKUP_ATTEMPTS, () => exchange("GET", path, undefined, LOOKUP_TIMEOUT_MS));
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

// One request. Gives the answer's body, null where it has none.
async function exchange(method, path, content, timeoutMs) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const options = { method, signal: abort.signal, headers: { Accept: "application/json" }, cache: "no-store" };
  if (content !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(content);
  }
  try {
    const response = await fetch(path, options);
    const text = await response.text();
    if (!response.ok) throw refusal(response, text);
    return text === "" ? null : JSON.parse(text);
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
