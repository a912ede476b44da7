// SPDX-License-Identifier: MIT
// How one message looks.

import { button, element } from "./element.js";
import { explain, mayRepeat } from "./errors.js";
import { createNotes } from "./note_view.js";

export function createDay(date, strings) {
  return element("p", "day", strings.formatDay(date));
}

// `onRetry` is called when the reader asks to send a failed message again, `onTurn` with a note to take back.
export function createMessage(message, strings, { onRetry, onTurn }) {
  const article = element("article", "message");
  article.dataset.role = message.role;
  article.dataset.id = message.id;

  const bubble = element("div", "bubble", message.text);
  bubble.dir = "auto"; // a message in Arabic or Hebrew is set from the right, whatever the page's language
  const speaker = message.role === "user" ? strings.you : strings.assistant;
  article.append(element("span", "visually-hidden", speaker), bubble);
  if (message.notes?.length) article.append(createNotes(message, strings, onTurn));
  article.append(createMeta(message, strings));
  if (message.role === "user") updateState(article, message, strings, onRetry);
  return article;
}

function createMeta(message, strings) {
  const meta = element("p", "meta");
  const time = element("time", "", strings.formatTime(message.at));
  time.dateTime = message.at.toISOString();
  meta.append(time);
  return meta;
}

// Brings state, reason and retry button of the user's own message up to date.
export function updateState(article, message, strings, onRetry) {
  article.dataset.state = message.state;
  const meta = article.querySelector(".meta");
  article.querySelectorAll(".state, .again, .why").forEach((old) => old.remove());

  const isFailed = message.state === "failed";
  const label = { sending: strings.sending, sent: strings.sent, pending: strings.sent, failed: strings.failed };
  meta.append(element("span", "state", label[message.state]));
  if (isFailed && mayRepeat(message.error)) {
    meta.append(button("again", strings.again, onRetry));
  }
  if (isFailed) article.append(element("p", "why", explain(message.error, strings)));
  if (message.state === "pending") article.append(element("p", "why", strings.pending));
}
