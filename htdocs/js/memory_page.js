// SPDX-License-Identifier: MIT
// Draws the lists of what is known, the search and the form for something new. It knows the state only through
// knowledge.js and never talks to the server.

import { byteLength, cleanText, MESSAGE_LIMIT_BYTES } from "./client.js";
import { button, element, icon } from "./element.js";
import { explain } from "./errors.js";
import { KINDS } from "./knowledge.js";
import { createForm, createMemory } from "./memory_view.js";
import { announce, drawWords } from "./page.js";

const TYPING_PAUSE_MS = 300;

export class MemoryPage {
  #knowledge = null;
  #strings;
  #items = new Map(); // memory → its <li>
  #sections = new Map(); // list → its <section>
  #draft = null; // of something new, while its form is open
  #actions;

  #lists = document.getElementById("lists");
  #empty = document.getElementById("empty");
  #failed = document.getElementById("failed");
  #search = document.getElementById("search");
  #adding = document.getElementById("adding");
  #addButton = document.getElementById("add");
  #problem = document.getElementById("problem");

  constructor({ strings }) {
    this.#strings = strings;
  }

  attach(knowledge) {
    this.#knowledge = knowledge;
    this.#actions = {
      edit: (memory) => knowledge.edit(memory),
      cancel: (memory) => knowledge.cancel(memory),
      save: (memory, content) => this.#save(memory, content),
      forget: (memory) => this.#forget(memory),
      keep: (memory) => knowledge.keep(memory),
      toggleHistory: (memory) => knowledge.toggleHistory(memory),
    };
    this.#addButton.addEventListener("click", () => (this.#draft ? this.#closeForm() : this.#openForm()));
    let timer = 0;
    const look = () => {
      clearTimeout(timer);
      const query = cleanText(this.#search.value);
      if (query !== knowledge.query) knowledge.load(query);
    };
    this.#search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, TYPING_PAUSE_MS);
    });
    this.#search.form.addEventListener("submit", (event) => {
      event.preventDefault();
      look();
    });
  }

  setStrings(strings) {
    this.#strings = strings;
    this.draw();
  }

  draw() {
    drawWords(this.#strings);
    this.#drawForm();
    this.#drawLists();
  }

  // The state's listener.
  update(event, item) {
    if (event === "reset") this.#drawLists();
    if (event === "list") this.#drawSection(item);
    if (event === "more") this.#drawMore(item);
    if (event === "changed") this.#drawMemory(item);
    if (event === "removed") this.#removeMemory(item);
  }

  #drawLists() {
    this.#items.clear();
    this.#sections.clear();
    this.#lists.replaceChildren();
    if (this.#search.value !== this.#knowledge.query && document.activeElement !== this.#search) {
      this.#search.value = this.#knowledge.query;
    }
    for (const list of this.#knowledge.lists) {
      const section = this.#createSection(list);
      this.#sections.set(list, section);
      this.#lists.append(section);
      for (const memory of list.memories) this.#append(list, memory);
      this.#drawSection(list);
    }
  }

  #createSection(list) {
    const section = element("section", "group");
    const heading = element("h2", "group-name");
    if (list.kind) heading.append(icon(list.kind));
    heading.append(list.kind ? this.#strings.kindGroups[list.kind] : this.#strings.found(list.query));
    heading.tabIndex = -1;
    const hint = element("p", "group-hint", list.kind ? this.#strings.kindHints[list.kind] : "");
    section.append(heading, hint, element("ul", "memories"), element("div", "group-end"));
    section.setAttribute("aria-label", heading.textContent);
    return section;
  }

  // What stands around the memories of a list: nothing found, more to come, what went wrong.
  #drawSection(list) {
    const section = this.#sections.get(list);
    if (!section) return;
    const isFound = list.memories.length > 0;
    section.hidden = list.kind !== null && !isFound && (!list.error || this.#knowledge.failure !== null);
    section.querySelector(".memories").hidden = !isFound;
    const end = section.querySelector(".group-end");
    const hadFocus = end.contains(document.activeElement);
    end.replaceChildren();
    if (list.error) {
      end.append(element("p", "group-problem", explain(list.error, this.#strings)), " ");
      end.append(button("quiet", this.#strings.again, () => this.#knowledge.loadMore(list)));
    } else if (list.isLoading && !isFound) end.append(element("p", "group-note", this.#strings.loading));
    else if (list.nextAfter) {
      const words = list.isLoading ? this.#strings.loading : this.#strings.more;
      const more = button("more", words, () => this.#knowledge.loadMore(list));
      if (list.kind) more.setAttribute("aria-label", this.#strings.moreLabel(this.#strings.kindGroups[list.kind]));
      end.append(more);
    } else if (!isFound) end.append(element("p", "group-note", this.#strings.nothingFound));
    if (hadFocus) end.querySelector("button")?.focus({ preventScroll: true });
    this.#drawFrame();
  }

  // What stands there instead of lists.
  #drawFrame() {
    const { isEmpty, isLoading, failure, query } = this.#knowledge;
    this.#empty.hidden = !isEmpty || query !== "";
    this.#lists.setAttribute("aria-busy", String(isLoading));
    document.getElementById("loading").hidden = !isLoading || query !== "";
    this.#failed.replaceChildren();
    if (!failure || query) return;
    for (const section of this.#sections.values()) section.hidden = true;
    const again = button("again", this.#strings.again, () => this.#knowledge.load());
    this.#failed.append(element("span", "", explain(failure, this.#strings)), " ", again);
  }

  #drawMore(list) {
    const section = this.#sections.get(list);
    const before = section.querySelectorAll(".memory").length;
    const hadFocus = section.querySelector(".group-end").contains(document.activeElement);
    for (const memory of list.memories) if (!this.#items.has(memory)) this.#append(list, memory);
    this.#drawSection(list);
    const first = section.querySelectorAll(".memory")[before];
    if (hadFocus) first?.querySelector("[data-action=edit]").focus();
    if (list.query) announce(this.#strings.foundCount(list.memories.length));
  }

  #append(list, memory) {
    memory.view.showsKind = list.kind === null;
    const item = createMemory(memory, this.#strings, this.#actions);
    this.#items.set(memory, item);
    this.#sections.get(list).querySelector(".memories").append(item);
  }

  // Anew, with the focus where the reader goes on.
  #drawMemory(memory) {
    const old = this.#items.get(memory);
    if (!old) return;
    const item = createMemory(memory, this.#strings, this.#actions);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    this.#items.set(memory, item);
    old.replaceWith(item);
    if (focused) focusIn(item, memory.view.state, focused.dataset.action);
  }

  #removeMemory(memory) {
    const item = this.#items.get(memory);
    if (!item) return;
    const hadFocus = item.contains(document.activeElement);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const heading = item.closest(".group").querySelector(".group-name");
    item.remove();
    this.#items.delete(memory);
    for (const list of this.#knowledge.lists) this.#drawSection(list);
    announce(this.#strings.forgotten(1));
    if (!hadFocus) return;
    if (next) focusIn(next, "", "");
    else if (heading.checkVisibility()) heading.focus();
    else this.#addButton.focus();
  }

  #forget(memory) {
    this.#knowledge.forget(memory);
    announce(this.#strings.leavingNews);
  }

  async #save(memory, draft) {
    const content = { ...draft, text: cleanText(draft.text) };
    const problem = this.#problemOf(content.text);
    if (problem) return announceIn(this.#items.get(memory), problem);
    await this.#knowledge.save(memory, content);
    if (!memory.view.error) announce(this.#strings.saved);
    // It may stand in another list by now.
    if (document.activeElement === document.body) focusIn(this.#items.get(memory), memory.view.state);
  }

  #problemOf(text) {
    if (text === "") return this.#strings.emptyText;
    return byteLength(text) > MESSAGE_LIMIT_BYTES ? this.#strings.textTooLong : "";
  }

  #openForm() {
    this.#draft = { text: "", kind: "" };
    this.#drawForm();
    this.#adding.querySelector("textarea").focus();
  }

  #closeForm() {
    this.#draft = null;
    this.#drawForm();
    this.#addButton.focus();
  }

  #drawForm() {
    this.#addButton.setAttribute("aria-expanded", String(this.#draft !== null));
    this.#problem.textContent = "";
    this.#adding.replaceChildren();
    if (!this.#draft) return;
    this.#adding.append(
      createForm({
        strings: this.#strings,
        content: this.#draft,
        kinds: ["", ...KINDS],
        submit: this.#strings.remember,
        onInput: (content) => Object.assign(this.#draft, content),
        onSubmit: (content) => this.#add(content),
        onCancel: () => this.#closeForm(),
      }),
    );
  }

  async #add(draft) {
    const content = { ...draft, text: cleanText(draft.text) };
    this.#problem.textContent = this.#problemOf(content.text);
    if (this.#problem.textContent) return;
    const save = this.#adding.querySelector("[type=submit]");
    if (save.getAttribute("aria-disabled")) return;
    save.setAttribute("aria-disabled", "true");
    try {
      const memory = await this.#knowledge.add(content);
      this.#closeForm();
      announce(this.#strings.saved);
      const item = this.#items.get(memory);
      item?.classList.add("fresh");
      item?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      this.#problem.textContent = explain(error, this.#strings);
      save.removeAttribute("aria-disabled");
    }
  }
}

// The button that was pressed is gone: the one that goes on from it or, where there is none, the item itself.
function focusIn(item, state, action) {
  const wanted = { editing: "textarea", leaving: "[data-action=keep]" }[state];
  const same = action && item.querySelector(`[data-action=${action}]`);
  const target = (wanted && item.querySelector(wanted)) || same || item.querySelector("[data-action=edit]");
  if (!target) item.tabIndex = -1;
  (target ?? item).focus({ preventScroll: true });
  if (target?.matches("textarea")) target.setSelectionRange(target.value.length, target.value.length);
}

function announceIn(item, problem) {
  item.querySelector(".memory-problem")?.remove();
  const words = element("p", "memory-problem", problem);
  words.setAttribute("role", "alert");
  item.append(words);
  item.querySelector("textarea").focus();
}
