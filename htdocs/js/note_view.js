// SPDX-License-Identifier: MIT
// How it looks below a reply what was remembered, changed and forgotten, each with a button that takes it back.

import { button, element } from "./element.js";
import { explain } from "./errors.js";
import { mayTurn } from "./notes.js";

// `onTurn` gets the note whose button was pressed. The one thing that the reply repeats itself is not said again.
export function createNotes(message, strings, onTurn) {
  const list = element("ul", "notes");
  list.setAttribute("aria-label", strings.notes);
  list.setAttribute("aria-live", "off"); // redrawn inside the log: what is new in it is said by itself
  const isRepeated = (note) => message.notes.length === 1 && note.state !== "undone" && message.text.includes(note.text);
  for (const note of message.notes) list.append(createNote(note, isRepeated(note), strings, onTurn));
  return list;
}

// What a screen reader should say of a note that has just been turned; nothing while it is being turned.
export function noteNews(note, strings) {
  if (note.error) return explain(note.error, strings);
  if (note.state === "busy") return "";
  return wordsOf(note, false, strings);
}

function createNote(note, isShort, strings, onTurn) {
  const item = element("li", "note");
  item.dataset.what = note.what;
  item.dataset.state = note.state;
  const words = element("span", isShort ? "note-short" : "remembered", wordsOf(note, isShort, strings));
  words.dir = "auto";
  item.append(words);
  if (note.what === "changed" && note.state !== "undone") {
    const before = element("span", "note-before", strings.before(note.previous));
    before.dir = "auto";
    item.append(before);
  }
  if (mayTurn(note)) item.append(createTurn(note, strings, onTurn));
  else if (note.what === "renewed") item.append(createLink(strings));
  if (note.error) item.append(element("span", "note-problem", explain(note.error, strings)));
  return item;
}

function wordsOf(note, isShort, strings) {
  const isUndone = note.state === "undone";
  switch (note.what) {
    case "forgotten":
      return strings.forgotten(note.count);
    case "renewed":
      return isShort ? strings.renewedShort : strings.renewed(note.text);
    case "changed":
      if (isUndone) return strings.changedBack(note.previous);
      return isShort ? strings.changedShort : strings.changed(note.text);
    default:
      if (isUndone) return strings.notRemembered(note.text);
      return isShort ? strings.rememberedShort : strings.remembered(note.text);
  }
}

function createTurn(note, strings, onTurn) {
  const isUndone = note.state === "undone";
  const turn = button("turn", isUndone ? strings.redo : strings.undo, () => onTurn(note));
  turn.setAttribute("aria-label", (isUndone ? strings.redoLabel : strings.undoLabel)(note.text));
  // Not `disabled`, which would drop the focus: a press while it is at work does nothing.
  if (note.state === "busy") turn.setAttribute("aria-disabled", "true");
  return turn;
}

function createLink(strings) {
  const link = element("a", "turn", strings.seeMemory);
  link.href = "/memory.html";
  return link;
}
