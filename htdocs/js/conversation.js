// SPDX-License-Identifier: MIT
// The state of the page: the messages of one conversation and what becomes of each. No DOM.
//
// A message is {role, id, text, at, state, remembered, error}. Of the user's own, `id` is the message_id and
// `state` goes from "sending" to "sent" ("pending": sent, the answer comes later) or "failed"; of a reply it
// is the reply's id. The listener is told by listener(event, message): "reset" (draw everything anew), "added",
// "changed", "anew" (the server does not know this browser's conversation any more: a new one has begun).

import { newMessageId, RequestError } from "./client.js";

const TALKED_KEY = "arq.talked";

export class Conversation {
  messages = [];
  loadFailed = false;

  #client;
  #memory;
  #readerContext;
  #listener;
  #thread = { sessionId: null, isNew: false };
  #queue = Promise.resolve();

  // `memory` has get(key) and set(key, value) and outlives the page; `readerContext` gives {locale, time_zone}.
  constructor({ client, memory, readerContext, listener }) {
    this.#client = client;
    this.#memory = memory;
    this.#readerContext = readerContext;
    this.#listener = listener;
  }

  get isWaiting() {
    return this.messages.some((message) => message.state === "sending");
  }

  // Brings back what was said before. What is sent meanwhile waits for it, and so lands in the right session.
  load() {
    return this.#enqueue(() => this.#load());
  }

  send(text) {
    const message = { role: "user", id: newMessageId(), text, at: new Date(), state: "sending", thread: this.#thread };
    this.messages.push(message);
    this.#listener("added", message);
    this.#enqueue(() => this.#deliver(message));
  }

  // With the same id: if only the answer was lost, the server gives it again instead of hearing the text twice.
  retry(message) {
    if (message.state !== "failed") return;
    this.#change(message, { state: "sending", error: null });
    this.#enqueue(() => this.#deliver(message));
  }

  // The session itself is made with the next message. What is still under way ends in its own thread.
  startNew() {
    this.#thread = { sessionId: null, isNew: true };
    this.messages = [];
    this.loadFailed = false;
    this.#listener("reset");
  }

  // One request after the other: the order on the page is the order in the session. A bug in one action must not
  // stop those behind it.
  #enqueue(action) {
    this.#queue = this.#queue.then(action).catch((error) => console.error(error));
    return this.#queue;
  }

  async #load() {
    // A browser that never talked has no cookie yet, and scripts can't see it: asking would only earn a 401.
    if (this.#memory.get(TALKED_KEY) === null) return this.#listener("reset");
    const thread = this.#thread;
    let stored = [];
    let failed = false;
    try {
      const session = await this.#client.latestSession();
      if (session) {
        stored = await this.#client.sessionMessages(session.id);
        thread.sessionId = session.id;
      }
    } catch (error) {
      if (error.status === 401) this.#memory.set(TALKED_KEY, null);
      else failed = true;
    }
    if (thread !== this.#thread) return;
    const known = new Set(stored.map((item) => item.message_id));
    const unsent = this.messages.filter((message) => message.state && !known.has(message.id));
    this.messages = [...stored.map(fromStored), ...(failed ? this.messages : unsent)];
    this.loadFailed = failed;
    this.#listener("reset");
  }

  async #deliver(message) {
    try {
      if (this.#memory.get(TALKED_KEY) === null) await this.#becomeVisitor();
      const answer = await this.#post(message);
      message.thread.sessionId = answer.session_id;
      this.#change(message, { state: answer.reply ? "sent" : "pending" });
      if (answer.reply) this.#addReply(message, answer);
    } catch (error) {
      this.#change(message, { state: "failed", error });
      if (!(error instanceof RequestError)) throw error;
    }
  }

  async #post(message) {
    try {
      return await this.#client.sendMessage(this.#request(message));
    } catch (error) {
      const isUnknownVisitor = error.status === 401;
      const isUnknownSession = error.status === 404 && message.thread.sessionId !== null;
      if (!isUnknownVisitor && !isUnknownSession) throw error;
      if (isUnknownVisitor) await this.#becomeVisitor();
      message.thread.sessionId = null;
      message.thread.isNew = true;
      const answer = await this.#client.sendMessage(this.#request(message));
      if (message.thread === this.#thread) this.#listener("anew");
      return answer;
    }
  }

  #request({ text, id, thread }) {
    const request = { message: text, message_id: id, ...this.#readerContext() };
    if (thread.sessionId !== null) request.session_id = thread.sessionId;
    else if (thread.isNew) request.new_session = true;
    return request;
  }

  async #becomeVisitor() {
    await this.#client.createVisitor();
    this.#memory.set(TALKED_KEY, "1");
  }

  #addReply(message, { reply, memory }) {
    const position = this.messages.indexOf(message);
    if (position < 0) return; // another conversation is on the page by now
    const remembered = [...(memory?.added ?? []), ...(memory?.changed ?? [])].map((item) => item.text);
    const answer = { role: "assistant", id: reply.id, text: reply.text, at: new Date(), remembered };
    this.messages.splice(position + 1, 0, answer);
    this.#listener("added", answer);
  }

  #change(message, changes) {
    Object.assign(message, changes);
    if (this.messages.includes(message)) this.#listener("changed", message);
  }
}

function fromStored({ id, message_id, role, text, created_at }) {
  const at = new Date(created_at);
  if (role === "user") return { role, id: message_id, text, at, state: "sent" };
  return { role, id, text, at, remembered: [] };
}
