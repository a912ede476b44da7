// SPDX-License-Identifier: MIT
// How one message looks. What people and the server wrote reaches the page through textContent alone, so that
// it can never become markup.

import { RequestError } from "./client.js";

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function createDay(date, strings) {
  return element("p", "day", strings.formatDay(date));
}

// `onRetry` is called when the reader asks to send a failed message again.
export function createMessage(message, strings, onRetry) {
  const article = element("article", "message");
  article.dataset.role = message.role;
  article.dataset.id = message.id;

  const bubble = element("div", "bubble", message.text);
  bubble.dir = "auto"; // a message in Arabic or Hebrew is set from the right, whatever the page's language
  const speaker = message.role === "user" ? strings.you : strings.assistant;
  article.append(element("span", "visually-hidden", speaker), bubble);
  // What the reply repeats itself needs no line of its own.
  const remembered = (message.remembered ?? []).filter((text) => !message.text.includes(text));
  if (remembered.length) article.append(element("p", "remembered", strings.remembered(remembered)));
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
  if (isFailed && mayRetry(message.error)) {
    const again = element("button", "again", strings.again);
    again.type = "button";
    again.addEventListener("click", onRetry);
    meta.append(again);
  }
  if (isFailed) article.append(element("p", "why", explain(message.error, strings)));
  if (message.state === "pending") article.append(element("p", "why", strings.pending));
}

// A text that the server refused as it stands would be refused again.
const mayRetry = (error) => ![400, 409, 413, 415].includes(error.status);

// The server's own words only where they tell the reader what to do: of its troubles the page speaks itself.
function explain(error, strings) {
  if (error.status === 429 || error.status >= 500) return strings.busy;
  if (error instanceof RequestError && error.message && error.status !== 0) return strings.refused(error.message);
  return strings.unreachable;
}
