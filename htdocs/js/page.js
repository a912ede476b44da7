// SPDX-License-Identifier: MIT
// What every page does: it speaks the reader's language and keeps a few things in the browser.

import { chooseLanguage, stringsFor } from "./strings.js";

const LANGUAGE_KEY = "arq.language";

// localStorage, or this page's own memory where the browser forbids it (it then throws,
// at every touch or only at writing).
export const storage = {
  fallback: new Map(),
  get(key) {
    if (this.fallback.has(key)) return this.fallback.get(key);
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      this.fallback.set(key, value);
    }
  },
};

// Gives the strings to begin with. `onChange` gets others when the reader chooses a language; `words` are those
// of this page alone, by language.
export function followLanguage(onChange, words = {}) {
  const speak = (language) => stringsFor(language, navigator.languages, words);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      storage.set(LANGUAGE_KEY, button.dataset.language);
      onChange(speak(button.dataset.language));
    });
  }
  return speak(chooseLanguage(storage.get(LANGUAGE_KEY), navigator.languages));
}

// The words that stand in the page's HTML.
export function drawWords(strings) {
  document.documentElement.lang = strings.language;
  document.title = strings.title;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = strings[part.dataset.text];
  for (const part of document.querySelectorAll("[data-label]")) {
    part.setAttribute("aria-label", strings[part.dataset.label]);
  }
  for (const part of document.querySelectorAll("[data-placeholder]")) {
    part.placeholder = strings[part.dataset.placeholder];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === strings.language));
  }
}

// Says a text to screen readers.
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
