// SPDX-License-Identifier: MIT
// The state of the page: the messages of one conversation and what becomes of each. No DOM.
//
// A message is {role, id, text, at, state, notes, error}. Of the user's own, `id` is the message_id and `state` goes
// from "sending" to "sent" ("pending": sent, the answer comes later) or "failed"; of a reply it is the reply's id,
// and its notes say what the message above it has changed in the memory (notes.js). The listener is told by
// listener(event, message): "reset" (draw everything anew), "added", "changed", "noted" (a note of it has changed),
// "sought" (the one that the reader came for), "anew" (the server does not know this browser's conversation any
// more: a new one has begun), "gone" (the one that the reader came for is not there any more).

import { newMessageId, RequestError } from "./client.js";
import { notesOf, turnNote } from "./notes.js";

export class Conversation {
  messages = [];
  loadFailed = false;
  isEarlier = false; // not the conversation last talked in

  #client;
  #visitor;
  #readerContext;
  #listener;
  #thread = { sessionId: null, isNew: false };
  #place = null;
  #queue = Promise.resolve();

  // `readerContext` gives {locale, time_zone}.
  constructor({ client, visitor, readerContext, listener }) {
    this.#client = client;
    this.#visitor = visitor;
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

  // Goes to {sessionId, messageId}.
  show(place) {
    this.#begin({ sessionId: null, isNew: false });
    this.#place = place;
    return this.load();
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

  // Takes back what a reply says was remembered or changed, or what was taken back. At once, and what is sent after
  // it waits: its answer must not draw on what the reader has just taken back.
  turn(reply, note) {
    const turned = turnNote(note, this.#client, () => this.#listener("noted", reply));
    this.#enqueue(() => turned);
  }

  // The session itself is made with the next message. What is still under way ends in its own thread.
  startNew() {
    this.#begin({ sessionId: null, isNew: true });
    this.#listener("reset");
  }

  #begin(thread) {
    this.#thread = thread;
    this.#place = null;
    this.messages = [];
    this.loadFailed = false;
    this.isEarlier = false;
  }

  // One request after the other: the order on the page is the order in the session. A bug in one action must not
  // stop those behind it.
  #enqueue(action) {
    this.#queue = this.#queue.then(action).catch((error) => console.error(error));
    return this.#queue;
  }

  async #load() {
    // A browser that never talked has no cookie yet, and scripts can't see it: asking would only earn a 401.
    if (!this.#visitor.isKnown) return this.#listener("reset");
    const thread = this.#thread;
    const place = this.#place;
    let found = { stored: [], sessionId: null, isEarlier: false, isGone: false };
    let failed = false;
    try {
      found = await this.#find(place);
      if (found.sessionId) thread.sessionId = found.sessionId;
    } catch (error) {
      if (error.status === 401) this.#visitor.lose();
      else failed = true;
    }
    if (thread !== this.#thread) return;
    const known = new Set(found.stored.map((item) => item.message_id));
    const unsent = this.messages.filter((message) => message.state && !known.has(message.id));
    this.messages = [...found.stored.map(fromStored), ...(failed ? this.messages : unsent)];
    this.loadFailed = failed;
    this.isEarlier = found.isEarlier;
    this.#listener("reset");
    const sought = place && this.messages.find((message) => message.id === place.messageId);
    if (sought) this.#listener("sought", sought);
    if (found.isGone) this.#listener("gone");
  }

  // The messages of the session that the reader came for, else of the one last talked in.
  async #find(place) {
    const latest = await this.#client.latestSession();
    let isGone = false;
    if (place && place.sessionId !== latest?.id) {
      try {
        const stored = await this.#client.sessionMessages(place.sessionId);
        return { stored, sessionId: place.sessionId, isEarlier: true, isGone };
      } catch (error) {
        if (error.status !== 404) throw error;
        isGone = true;
      }
    }
    const stored = latest ? await this.#client.sessionMessages(latest.id) : [];
    return { stored, sessionId: latest?.id ?? null, isEarlier: false, isGone };
  }

  async #deliver(message) {
    try {
      if (!this.#visitor.isKnown) await this.#visitor.become();
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
      if (isUnknownVisitor) await this.#visitor.become();
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

  #addReply(message, { reply, memory }) {
    const position = this.messages.indexOf(message);
    if (position < 0) return; // another conversation is on the page by now
    const answer = { role: "assistant", id: reply.id, text: reply.text, at: new Date(), notes: notesOf(memory) };
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
  return { role, id, text, at, notes: [] };
}
