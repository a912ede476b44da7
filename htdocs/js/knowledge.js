// SPDX-License-Identifier: MIT
// The state of the page of memories: what is known of the reader, and what becomes of each. No DOM.
//
// A list is {kind, query, memories, nextAfter, isLoading, error}: one of each kind or, while something is looked
// for, a single one of all kinds, the best first. A memory is the contract's object and `view`:
//   state    "shown", "editing", "saving", "leaving" (forgotten as soon as the time to take it back is over),
//            "forgetting"
//   draft    {text, kind} while it is edited
//   error    why the last thing that was tried with it failed; null else
//   history  its earlier texts where the reader has asked for them: an array, "loading", or null
// The listener is told by listener(event, item): "reset" (draw all lists anew), "list" (what stands around a list's
// memories), "more" (a list has got memories), "changed" (a memory), "removed" (a memory).

import { RequestError } from "./client.js";

export const KINDS = ["fact", "preference", "event", "instruction", "note"];
export const UNDO_MS = 10_000;
const PAGE_ITEMS = 25;

export class Knowledge {
  lists = [];
  query = "";

  #client;
  #visitor;
  #listener;
  #known = new Map(); // id → memory: a draft and a forgetting under way outlive a search
  #leaving = new Map(); // memory → timer

  constructor({ client, visitor, listener }) {
    this.#client = client;
    this.#visitor = visitor;
    this.#listener = listener;
  }

  get isLoading() {
    return this.lists.some((list) => list.isLoading);
  }

  // Why nothing at all can be shown; null where something can.
  get failure() {
    return this.lists.every((list) => list.error && !list.memories.length) ? this.lists[0].error : null;
  }

  get isEmpty() {
    return this.lists.every((list) => list.memories.length === 0 && !list.isLoading && !list.error);
  }

  // All of it or, with a query, what it finds.
  async load(query = "") {
    const kinds = query ? [null] : KINDS;
    this.query = query;
    this.lists = kinds.map((kind) => ({ kind, query, memories: [], nextAfter: "", isLoading: true, error: null }));
    if (!this.#visitor.isKnown) for (const list of this.lists) Object.assign(list, { isLoading: false, nextAfter: null });
    this.#listener("reset");
    if (this.#visitor.isKnown) await Promise.all(this.lists.map((list) => this.#loadPage(list)));
  }

  // The next page of a list, or the one that could not be loaded.
  async loadMore(list) {
    if (list.isLoading) return;
    Object.assign(list, { isLoading: true, error: null });
    this.#listener("list", list);
    await this.#loadPage(list);
  }

  // Throws RequestError. Gives the memory, which may be one that was there already.
  async add({ text, kind }) {
    const content = kind ? { text, kind } : { text };
    const memory = this.#know(await this.#visitor.act(() => this.#client.addMemory(content)));
    const list = this.lists.find((one) => one.kind === memory.kind);
    if (!list) await this.load(); // something was looked for
    else if (!list.memories.includes(memory)) {
      list.memories.unshift(memory);
      this.#listener("reset");
    }
    return memory;
  }

  edit(memory) {
    const draft = { text: memory.text, kind: memory.kind };
    this.#change(memory, { state: "editing", draft, error: null });
  }

  cancel(memory) {
    this.#change(memory, { state: "shown", draft: null, error: null });
  }

  async save(memory, content) {
    if (memory.view.state !== "editing") return;
    if (content.text === memory.text && content.kind === memory.kind) return this.cancel(memory);
    this.#change(memory, { state: "saving", draft: content, error: null });
    try {
      const changed = await this.#client.changeMemory(memory.id, content);
      const hasMoved = changed.kind !== memory.kind && !this.query;
      this.#know(changed);
      Object.assign(memory.view, { state: "shown", draft: null, history: null });
      if (hasMoved) this.#move(memory);
      else this.#listener("changed", memory);
    } catch (error) {
      this.#fail(memory, "editing", error);
    }
  }

  // Takes effect when nobody has taken it back for a while.
  forget(memory) {
    if (memory.view.state === "leaving" || memory.view.state === "forgetting") return;
    this.#leaving.set(memory, setTimeout(() => this.#forgetNow(memory), UNDO_MS));
    this.#change(memory, { state: "leaving", draft: null, error: null });
  }

  keep(memory) {
    if (memory.view.state !== "leaving") return;
    this.#stopLeaving(memory);
    this.#change(memory, { state: "shown" });
  }

  // Those that nobody has taken back yet, as the page is left: they were asked to be forgotten, and are.
  forgetLeaving() {
    for (const memory of [...this.#leaving.keys()]) {
      this.#stopLeaving(memory);
      memory.view.state = "shown"; // should the browser keep the page, and the server not have heard
      this.#client.forgetMemoryWhileLeaving(memory.id);
    }
  }

  async toggleHistory(memory) {
    if (memory.view.history) return this.#change(memory, { history: null });
    this.#change(memory, { history: "loading", error: null });
    try {
      const history = await this.#client.memoryHistory(memory.id);
      if (memory.view.history === "loading") this.#change(memory, { history });
    } catch (error) {
      this.#fail(memory, memory.view.state, error, { history: null });
    }
  }

  // Throws RequestError. Gives the Blob.
  export() {
    return this.#client.exportUser();
  }

  // Throws RequestError. Gives {imported, existing}.
  async import(file) {
    const counts = await this.#visitor.act(() => this.#client.importUser(file));
    await this.load();
    return counts;
  }

  // Throws RequestError.
  async deleteEverything() {
    for (const memory of [...this.#leaving.keys()]) this.#stopLeaving(memory);
    try {
      if (this.#visitor.isKnown) await this.#client.deleteUser();
    } catch (error) {
      // Unknown to the server: an earlier attempt, whose answer was lost, has done it.
      if (error.status !== 401) throw error;
    }
    this.#visitor.lose();
    this.#known.clear();
    await this.load();
  }

  async #loadPage(list) {
    const { kind, query, nextAfter } = list;
    try {
      const page = await this.#client.memories({ kind, query, after: nextAfter, limit: PAGE_ITEMS });
      const memories = page.memories.map((one) => this.#know(one)).filter((one) => !list.memories.includes(one));
      list.memories.push(...memories);
      Object.assign(list, { nextAfter: page.next_after, isLoading: false });
    } catch (error) {
      Object.assign(list, { isLoading: false, error });
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) {
        this.#visitor.lose();
        Object.assign(list, { error: null, nextAfter: null });
      }
      // The last memory that was seen is gone by now: from the start, then.
      if (error.status === 400 && nextAfter && this.lists.includes(list)) return this.load(this.query);
    }
    if (this.lists.includes(list)) this.#listener("more", list);
  }

  async #forgetNow(memory) {
    this.#stopLeaving(memory);
    this.#change(memory, { state: "forgetting" });
    try {
      await this.#client.forgetMemory(memory.id);
      this.#remove(memory);
    } catch (error) {
      this.#fail(memory, "shown", error);
    }
  }

  #stopLeaving(memory) {
    clearTimeout(this.#leaving.get(memory));
    this.#leaving.delete(memory);
  }

  // One object for one memory, however often the server tells of it.
  #know(told) {
    const memory = this.#known.get(told.id) ?? { view: { state: "shown", draft: null, error: null, history: null } };
    this.#known.set(told.id, memory);
    return Object.assign(memory, told);
  }

  #move(memory) {
    for (const list of this.lists) {
      list.memories = list.memories.filter((one) => one !== memory);
      if (list.kind === memory.kind) list.memories.unshift(memory);
    }
    this.#listener("reset");
  }

  #remove(memory) {
    this.#known.delete(memory.id);
    for (const list of this.lists) list.memories = list.memories.filter((one) => one !== memory);
    this.#listener("removed", memory);
  }

  #change(memory, changes) {
    Object.assign(memory.view, changes);
    this.#listener("changed", memory);
  }

  #fail(memory, state, error, changes = {}) {
    this.#change(memory, { ...changes, state, error });
    if (!(error instanceof RequestError)) throw error;
  }
}
