// SPDX-License-Identifier: MIT
// Draws the conversation and keeps the page's words in the chosen language. It knows the state only through
// conversation.js and never talks to the server.

import { isSameDay } from "./strings.js";
import { createDay, createMessage, element, updateState } from "./message_view.js";

const NEAR_END_PX = 120;

export class Chat {
  #conversation = null;
  #strings;
  #articles = new Map(); // message → its <article>
  #onExample;

  #scroll = document.getElementById("scroll");
  #log = document.getElementById("log");
  #typing = document.getElementById("typing");
  #greeting = document.getElementById("greeting");
  #notice = document.getElementById("notice");
  #announcer = document.getElementById("announcer");
  #newConversation = document.getElementById("new-conversation");

  // `onExample` gets the text of an example question that was pressed.
  constructor({ strings, onExample }) {
    this.#strings = strings;
    this.#onExample = onExample;
    // Where the field grows or a keyboard comes up, the last words stay in sight.
    let wasAtEnd = true;
    this.#scroll.addEventListener("scroll", () => { wasAtEnd = this.#isNearEnd(); }, { passive: true });
    new ResizeObserver(() => { if (wasAtEnd) this.#showEnd(); }).observe(this.#scroll);
  }

  attach(conversation) {
    this.#conversation = conversation;
  }

  // The conversation's listener.
  update(event, message) {
    if (event === "reset") this.#drawMessages();
    if (event === "added") this.#add(message);
    if (event === "changed") this.#change(message);
    if (event === "anew") this.#tellStartedAnew();
    this.#drawFrame();
  }

  setStrings(strings) {
    this.#strings = strings;
    this.drawWords();
    this.#drawMessages();
    this.#drawFrame();
  }

  // Everything on the page that is not a message.
  drawWords() {
    const strings = this.#strings;
    document.documentElement.lang = strings.language;
    document.title = strings.title;
    for (const part of document.querySelectorAll("[data-text]")) part.textContent = strings[part.dataset.text];
    for (const part of document.querySelectorAll("[data-label]")) {
      part.setAttribute("aria-label", strings[part.dataset.label]);
    }
    document.getElementById("text").placeholder = strings.placeholder;
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === strings.language));
    }
    document.getElementById("examples").replaceChildren(...strings.examples.map((text) => this.#example(text)));
  }

  announce(text) {
    this.#announcer.textContent = text;
  }

  #example(text) {
    const button = element("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => this.#onExample(text));
    const item = element("li");
    item.append(button);
    return item;
  }

  #drawFrame() {
    const { messages, isWaiting, loadFailed } = this.#conversation;
    this.#greeting.hidden = messages.length > 0 || loadFailed;
    this.#newConversation.hidden = messages.length === 0;
    this.#typing.hidden = !isWaiting;
    if (isWaiting) this.#followOwnMessage();
  }

  // A whole history at once is not read aloud: the log speaks again once the browser has drawn it.
  #drawMessages() {
    this.#log.setAttribute("aria-live", "off");
    this.#articles.clear();
    this.#log.replaceChildren();
    this.#notice.replaceChildren();
    for (const message of this.#conversation.messages) this.#insert(message);
    if (this.#conversation.loadFailed) this.#drawLoadFailed();
    this.#showEnd();
    requestAnimationFrame(() => setTimeout(() => this.#log.setAttribute("aria-live", "polite")));
  }

  #tellStartedAnew() {
    this.#notice.textContent = this.#strings.startedAnew;
    this.#showEnd();
  }

  #drawLoadFailed() {
    const again = element("button", "again", this.#strings.again);
    again.type = "button";
    again.addEventListener("click", () => this.#conversation.load());
    this.#notice.append(element("span", "", this.#strings.loadFailed), " ", again);
  }

  #add(message) {
    const follow = message.role === "user" || this.#isNearEnd();
    this.#insert(message);
    if (follow) this.#showEnd();
    this.announce(message.role === "user" ? this.#strings.answering : "");
  }

  #change(message) {
    const article = this.#articles.get(message);
    const hadFocus = article.contains(document.activeElement);
    updateState(article, message, this.#strings, () => this.#conversation.retry(message));
    // The button that was pressed is gone; without this the focus would fall back to the top of the page.
    if (hadFocus) (article.querySelector(".again") ?? this.#scroll).focus({ preventScroll: true });
    if (message.state === "failed") this.announce(article.querySelector(".why").textContent);
    if (message.state === "failed" && this.#conversation.messages.at(-1) === message) this.#showEnd();
  }

  // Puts a message at its place in the list, with the day above it where a new one begins.
  #insert(message) {
    const { messages } = this.#conversation;
    const position = messages.indexOf(message);
    const before = messages[position - 1];
    const article = createMessage(message, this.#strings, () => this.#conversation.retry(message));
    this.#articles.set(message, article);
    const isNewDay = !before || !isSameDay(before.at, message.at);
    const parts = isNewDay ? [createDay(message.at, this.#strings), article] : [article];
    const previous = this.#articles.get(before);
    if (previous) previous.after(...parts);
    else this.#log.append(...parts);
  }

  #followOwnMessage() {
    if (this.#conversation.messages.at(-1)?.role === "user") this.#showEnd();
  }

  #isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #showEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}
