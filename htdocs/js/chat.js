// SPDX-License-Identifier: MIT
// Draws the conversation and keeps the page's words in the chosen language. It knows the state only through
// conversation.js and never talks to the server.

import { button, element } from "./element.js";
import { createDay, createMessage, updateState } from "./message_view.js";
import { createNotes, noteNews } from "./note_view.js";
import { announce, drawWords } from "./page.js";
import { isSameDay } from "./strings.js";

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
    if (event === "noted") this.#drawNotes(message);
    if (event === "sought") this.#seek(message);
    if (event === "anew") this.#tell(this.#strings.startedAnew);
    if (event === "gone") this.#tell(this.#strings.conversationGone);
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
    drawWords(strings);
    document.getElementById("examples").replaceChildren(...strings.examples.map((text) => this.#example(text)));
  }

  #example(text) {
    const item = element("li");
    item.append(button("", text, () => this.#onExample(text)));
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
    else if (this.#conversation.isEarlier) this.#drawEarlier();
    this.#showEnd();
    requestAnimationFrame(() => setTimeout(() => this.#log.setAttribute("aria-live", "polite")));
  }

  #tell(text) {
    this.#notice.textContent = text;
    this.#showEnd();
  }

  #drawLoadFailed() {
    const again = button("again", this.#strings.again, () => this.#conversation.load());
    this.#notice.append(element("span", "", this.#strings.loadFailed), " ", again);
  }

  #drawEarlier() {
    const link = element("a", "again", this.#strings.toLatest);
    link.href = "/";
    this.#notice.append(element("span", "", this.#strings.earlierConversation), " ", link);
  }

  #add(message) {
    const follow = message.role === "user" || this.#isNearEnd();
    this.#insert(message);
    if (follow) this.#showEnd();
    announce(message.role === "user" ? this.#strings.answering : "");
  }

  #change(message) {
    const article = this.#articles.get(message);
    const hadFocus = article.contains(document.activeElement);
    updateState(article, message, this.#strings, () => this.#conversation.retry(message));
    // The button that was pressed is gone; without this the focus would fall back to the top of the page.
    if (hadFocus) (article.querySelector(".again") ?? this.#scroll).focus({ preventScroll: true });
    if (message.state === "failed") announce(article.querySelector(".why").textContent);
    if (message.state === "failed" && this.#conversation.messages.at(-1) === message) this.#showEnd();
  }

  // All of a reply's notes anew. The focus stays at the button that was pressed.
  #drawNotes(message) {
    const old = this.#articles.get(message)?.querySelector(".notes");
    if (!old) return;
    const position = [...old.children].findIndex((item) => item.contains(document.activeElement));
    const notes = createNotes(message, this.#strings, (note) => this.#conversation.turn(message, note));
    old.replaceWith(notes);
    if (position < 0) return;
    notes.children[position].querySelector(".turn")?.focus({ preventScroll: true });
    announce(noteNews(message.notes[position], this.#strings));
  }

  // Brings the message into sight for which the reader came.
  #seek(message) {
    const article = this.#articles.get(message);
    article.classList.add("sought");
    article.tabIndex = -1;
    article.scrollIntoView({ block: "center" });
    article.focus({ preventScroll: true });
  }

  // Puts a message at its place in the list, with the day above it where a new one begins.
  #insert(message) {
    const { messages } = this.#conversation;
    const position = messages.indexOf(message);
    const before = messages[position - 1];
    const article = createMessage(message, this.#strings, {
      onRetry: () => this.#conversation.retry(message),
      onTurn: (note) => this.#conversation.turn(message, note),
    });
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
