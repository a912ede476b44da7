// SPDX-License-Identifier: MIT
// How one memory looks: to be read, to be edited, and while it waits to be forgotten.

import { button, element, icon } from "./element.js";
import { explain } from "./errors.js";
import { KINDS, UNDO_MS } from "./knowledge.js";
import { describeValidity, isOver } from "./validity.js";

// `actions` has edit, cancel, save(memory, content), forget, keep and toggleHistory, each with the memory.
export function createMemory(memory, strings, actions) {
  const item = element("li", "memory");
  item.dataset.id = memory.id;
  item.dataset.state = memory.view.state;
  const { state, error } = memory.view;
  if (state === "leaving" || state === "forgetting") item.append(...createLeaving(memory, strings, actions));
  else if (state === "editing" || state === "saving") item.append(createEditor(memory, strings, actions));
  else item.append(...createShown(memory, strings, actions));
  if (error) {
    const problem = element("p", "memory-problem", explain(error, strings));
    problem.setAttribute("role", "alert");
    item.append(problem);
  }
  return item;
}

function createShown(memory, strings, actions) {
  const main = element("div", "memory-main");
  const text = element("p", "memory-text", memory.text);
  text.dir = "auto";
  main.append(text, createFacts(memory, strings, actions));

  const tools = element("div", "memory-tools");
  tools.append(
    createTool("edit", strings.edit, memory, () => actions.edit(memory)),
    createTool("forget", strings.forget, memory, () => actions.forget(memory)),
  );
  const parts = [main, tools];
  if (memory.view.history) parts.push(createHistory(memory, strings));
  return parts;
}

function createTool(name, label, memory, onPress) {
  const tool = button("tool", "", onPress);
  tool.dataset.action = name;
  tool.title = label;
  tool.setAttribute("aria-label", `${label}: ${memory.text}`);
  tool.append(icon(name));
  return tool;
}

// The small print below the text.
function createFacts(memory, strings, actions) {
  const facts = element("p", "memory-facts");
  if (memory.view.showsKind) facts.append(element("span", "tag", strings.kindNames[memory.kind]));
  const validity = describeValidity(memory, strings);
  if (validity) {
    const tag = element("span", "tag tag-time");
    tag.append(icon("clock"), element("span", "", isOver(memory) ? strings.over(validity) : validity));
    tag.dataset.over = String(isOver(memory));
    facts.append(tag);
  }
  const learnt = element("time", "", strings.learnt(strings.formatDate(new Date(memory.created_at))));
  learnt.dateTime = memory.created_at;
  facts.append(learnt);
  if (memory.uses > 0) facts.append(element("span", "", strings.used(memory.uses)));
  facts.append(createSource(memory, strings));
  if (memory.updated_at !== memory.created_at) facts.append(createHistoryButton(memory, strings, actions));
  return facts;
}

function createSource(memory, strings) {
  if (!memory.source_session_id) return element("span", "", strings.byHand);
  const link = element("a", "quiet", strings.source);
  const place = new URLSearchParams({ session: memory.source_session_id, message: memory.source_message_id });
  link.href = `/#${place}`;
  link.setAttribute("aria-label", strings.sourceLabel(memory.text));
  return link;
}

function createHistoryButton(memory, strings, actions) {
  const toggle = button("quiet", strings.history, () => actions.toggleHistory(memory));
  toggle.dataset.action = "history";
  toggle.setAttribute("aria-expanded", String(memory.view.history !== null));
  toggle.setAttribute("aria-label", strings.historyLabel(memory.text));
  return toggle;
}

function createHistory(memory, strings) {
  const { history } = memory.view;
  if (history === "loading") return element("p", "memory-history", strings.loading);
  if (history.length === 0) return element("p", "memory-history", strings.noHistory);
  const list = element("ol", "memory-history");
  for (const earlier of history) {
    const item = element("li");
    const text = element("span", "", earlier.text);
    text.dir = "auto";
    const validity = describeValidity({ ...earlier, kind: memory.kind, grain: memory.grain }, strings);
    const time = element("time", "", strings.formatDate(new Date(earlier.changed_at)));
    time.dateTime = earlier.changed_at;
    item.append(time, text);
    if (validity) item.append(element("span", "memory-span", validity));
    list.append(item);
  }
  return list;
}

function createEditor(memory, strings, actions) {
  const { draft, state } = memory.view;
  return createForm({
    strings,
    content: draft,
    kinds: KINDS,
    submit: state === "saving" ? strings.saving : strings.save,
    onInput: (content) => Object.assign(draft, content),
    onSubmit: (content) => actions.save(memory, content),
    onCancel: () => actions.cancel(memory),
  });
}

// The form of a memory, new or old. `kinds` may begin with "": the assistant finds the kind.
export function createForm({ strings, content, kinds, submit, onInput, onSubmit, onCancel }) {
  const form = element("form", "memory-form");
  form.noValidate = true;
  const text = element("textarea");
  text.name = "text";
  text.rows = 2;
  text.value = content.text;
  text.dir = "auto";
  text.setAttribute("aria-label", strings.textLabel);
  const kind = element("select");
  kind.name = "kind";
  kind.setAttribute("aria-label", strings.kindLabel);
  for (const name of kinds) kind.append(new Option(name ? strings.kindNames[name] : strings.kindByItself, name));
  kind.value = content.kind;
  const row = element("div", "memory-form-row");
  const save = element("button", "button", submit);
  save.type = "submit";
  row.append(kind, button("quiet", strings.cancel, onCancel), save);
  form.append(text, row);

  const read = () => ({ text: text.value, kind: kind.value });
  form.addEventListener("input", () => onInput(read()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit(read());
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return form;
}

function createLeaving(memory, strings, actions) {
  const isLeaving = memory.view.state === "leaving";
  const words = element("p", "memory-leaving", (isLeaving ? strings.leaving : strings.forgetting)(memory.text));
  words.dir = "auto";
  if (!isLeaving) return [words];
  const keep = button("keep", strings.keep, () => actions.keep(memory));
  keep.dataset.action = "keep";
  keep.setAttribute("aria-label", strings.keepLabel(memory.text));
  const bar = element("span", "memory-bar");
  bar.style.setProperty("--undo-time", `${UNDO_MS}ms`);
  return [words, keep, bar];
}
