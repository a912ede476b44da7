// SPDX-License-Identifier: MIT
// The part of the page about all that is kept of the reader: taking it along, taking it in, deleting it.

import { explain } from "./errors.js";
import { announce } from "./page.js";

export class UserData {
  #knowledge;
  #strings;
  #news = document.getElementById("data-news");
  #dialog = document.getElementById("delete-dialog");
  #word = document.getElementById("delete-word");
  #dialogProblem = document.getElementById("delete-problem");
  #isBusy = false;

  constructor({ strings, knowledge }) {
    this.#strings = strings;
    this.#knowledge = knowledge;
    const file = document.getElementById("import-file");
    on("export", "click", () => this.#work(this.#strings.exporting, () => this.#export()));
    on("delete-export", "click", () => this.#work(this.#strings.exporting, () => this.#export()));
    on("import", "click", () => file.click());
    file.addEventListener("change", () => {
      const [chosen] = file.files;
      file.value = ""; // so that the same file can be chosen again
      if (chosen) this.#work(this.#strings.importing, () => this.#import(chosen));
    });
    on("delete", "click", () => this.#ask());
    on("delete-cancel", "click", () => this.#dialog.close());
    this.#dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#delete();
    });
  }

  setStrings(strings) {
    this.#strings = strings;
    this.#news.textContent = "";
  }

  async #export() {
    const blob = await this.#knowledge.export();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${this.#strings.fileName}-${new Date().toISOString().slice(0, 10)}.ndjson`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return this.#strings.exported(link.download);
  }

  async #import(file) {
    const { imported, existing } = await this.#knowledge.import(file);
    return this.#strings.imported(imported, existing);
  }

  // One thing after the other; what became of it stands below the buttons.
  async #work(words, action) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#tell(words);
    try {
      this.#tell(await action());
    } catch (error) {
      this.#tell(explain(error, this.#strings), true);
    } finally {
      this.#isBusy = false;
    }
  }

  // The dialog is modal, and what stands below it can't be heard or seen: it has words of its own.
  #tell(text, isProblem = false) {
    const place = this.#dialog.open ? this.#dialogProblem : this.#news;
    place.textContent = text;
    place.dataset.problem = String(isProblem);
  }

  #ask() {
    this.#word.value = "";
    this.#tellInDialog("");
    this.#dialog.showModal();
    this.#word.focus();
  }

  #tellInDialog(text) {
    this.#dialogProblem.textContent = text;
    this.#dialogProblem.dataset.problem = "true";
  }

  async #delete() {
    if (this.#isBusy) return;
    const word = this.#word.value.trim().toLocaleLowerCase(this.#strings.locale);
    if (word !== this.#strings.deleteWord) {
      this.#tellInDialog(this.#strings.deleteWordWrong);
      this.#word.focus();
      return;
    }
    this.#isBusy = true;
    try {
      await this.#knowledge.deleteEverything();
      this.#dialog.close();
      this.#tell(this.#strings.deleted);
      announce(this.#strings.deleted);
      window.scrollTo(0, 0);
    } catch (error) {
      this.#tellInDialog(explain(error, this.#strings));
    } finally {
      this.#isBusy = false;
    }
  }
}

function on(id, event, action) {
  document.getElementById(id).addEventListener(event, action);
}
