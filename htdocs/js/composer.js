// SPDX-License-Identifier: MIT
// The field in which a message is written: keys, size, and what is wrong with a text before it is sent.

import { byteLength, cleanText, MESSAGE_LIMIT_BYTES } from "./client.js";

export class Composer {
  #field = document.getElementById("text");
  #problem = document.getElementById("problem");
  #strings;

  // `onSend` gets the cleaned text.
  constructor({ strings, onSend }) {
    this.#strings = strings;
    const form = document.getElementById("composer");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(onSend);
    });
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes a character, Enter belongs to it (229: how Safari tells so).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#field.addEventListener("input", () => {
      this.#tell("");
      this.#fit();
    });
  }

  setStrings(strings) {
    this.#strings = strings;
    this.#tell("");
  }

  // Puts a text into the field to be looked over, changed and sent.
  propose(text) {
    this.#field.value = text;
    this.#tell("");
    this.#fit();
    this.focus();
    this.#field.setSelectionRange(text.length, text.length);
  }

  focus() {
    this.#field.focus();
  }

  #submit(onSend) {
    const text = cleanText(this.#field.value);
    const size = byteLength(text);
    if (size === 0) return this.#tell(this.#strings.emptyMessage);
    if (size > MESSAGE_LIMIT_BYTES) {
      // Rounded up: "32 KiB, and at most 32 KiB" would be a riddle.
      return this.#tell(this.#strings.tooLong(Math.ceil(size / 1024), MESSAGE_LIMIT_BYTES / 1024));
    }
    this.#field.value = "";
    this.#tell("");
    this.#fit();
    this.focus(); // also after a click on the button, so that a phone's keyboard stays
    onSend(text);
  }

  #tell(problem) {
    this.#problem.textContent = problem;
    if (problem) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }

  // As high as its text; the stylesheet sets the limit.
  #fit() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }
}
