// SPDX-License-Identifier: MIT
// Puts the page together: language, client, conversation, view.

import { Client } from "./client.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { chooseLanguage, stringsFor } from "./strings.js";

const LANGUAGE_KEY = "arq.language";

// localStorage, or this page's own memory where the browser forbids it (it then throws,
// at every touch or only at writing).
const memory = {
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

let strings = stringsFor(chooseLanguage(memory.get(LANGUAGE_KEY), navigator.languages), navigator.languages);

const composer = new Composer({ strings, onSend: (text) => conversation.send(text) });
// An example is proposed, not sent: who presses it may have another order number, and it would be remembered.
const chat = new Chat({ strings, onExample: (text) => composer.propose(text) });
const conversation = new Conversation({
  client: new Client(),
  memory,
  readerContext: () => ({ locale: strings.language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  listener: (event, message) => chat.update(event, message),
});

function chooseByHand(language) {
  memory.set(LANGUAGE_KEY, language);
  strings = stringsFor(language, navigator.languages);
  composer.setStrings(strings);
  chat.setStrings(strings);
}

function startNewConversation() {
  conversation.startNew();
  chat.announce(strings.newConversationStarted);
  composer.focus();
}

// Some phones (iOS) lay the keyboard over the page without making it smaller. Zooming in shrinks the same
// viewport, and then the page must stay as it is.
function followKeyboard(viewport) {
  const isZoomed = Math.abs(viewport.scale - 1) > 0.01;
  const covered = window.innerHeight - viewport.height;
  const root = document.documentElement.style;
  if (isZoomed || covered < 80) root.removeProperty("--app-height");
  else root.setProperty("--app-height", `${viewport.height}px`);
  if (!isZoomed && covered >= 80) window.scrollTo(0, 0);
}

chat.attach(conversation);
chat.drawWords();
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => chooseByHand(button.dataset.language));
}
document.getElementById("new-conversation").addEventListener("click", startNewConversation);
window.visualViewport?.addEventListener("resize", () => followKeyboard(window.visualViewport));
conversation.load();
// On a touch screen the focus would bring up the keyboard over the greeting.
if (window.matchMedia("(pointer: fine)").matches) composer.focus();
