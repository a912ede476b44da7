// SPDX-License-Identifier: MIT
// Whether this browser is somebody to the server. Its cookie is hidden from scripts, so the page notes for itself
// that it has one: asking without would only earn a 401.

const KNOWN_KEY = "arq.talked";

export class Visitor {
  #client;
  #storage;

  // `storage` has get(key) and set(key, value) and outlives the page.
  constructor({ client, storage }) {
    this.#client = client;
    this.#storage = storage;
  }

  get isKnown() {
    return this.#storage.get(KNOWN_KEY) !== null;
  }

  async become() {
    await this.#client.createVisitor();
    this.#storage.set(KNOWN_KEY, "1");
  }

  // The server knows this browser no more.
  lose() {
    this.#storage.set(KNOWN_KEY, null);
  }

  // Does what needs a visitor. One that the server refuses becomes a new one, and `action` is done for that.
  async act(action) {
    if (!this.isKnown) await this.become();
    try {
      return await action();
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.become();
      return action();
    }
  }
}
