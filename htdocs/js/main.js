// SPDX-License-Identifier: MIT
// Puts the chat page together: language, client, conversation, view.

import { Client } from "./client.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { announce, followLanguage, storage } from "./page.js";
import { Visitor } from "./visitor.js";

let strings = followLanguage((chosen) => {
  strings = chosen;
  composer.setStrings(strings);
  chat.setStrings(strings);
});

const composer = new Composer({ strings, onSend: (text) => conversation.send(text) });
// An example is proposed, not sent: who presses it may have another order number, and it would be remembered.
const chat = new Chat({ strings, onExample: (text) => composer.propose(text) });
const client = new Client();
const conversation = new Conversation({
  client,
  visitor: new Visitor({ client, storage }),
  readerContext: () => ({ locale: strings.language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  listener: (event, message) => chat.update(event, message),
});

// "#session=…&message=…": so the page of what is known leads to the message that taught it.
function placeInAddress() {
  const place = new URLSearchParams(window.location.hash.slice(1));
  if (!place.get("session")) return null;
  return { sessionId: place.get("session"), messageId: place.get("message") };
}

function startNewConversation() {
  window.history.replaceState(null, "", window.location.pathname);
  conversation.startNew();
  announce(strings.newConversationStarted);
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
document.getElementById("new-conversation").addEventListener("click", startNewConversation);
window.visualViewport?.addEventListener("resize", () => followKeyboard(window.visualViewport));
window.addEventListener("hashchange", () => {
  const place = placeInAddress();
  if (place) conversation.show(place);
});
const place = placeInAddress();
if (place) conversation.show(place);
else conversation.load();
// On a touch screen the focus would bring up the keyboard over the greeting; and who looks for a message reads.
if (!place && window.matchMedia("(pointer: fine)").matches) composer.focus();
