// SPDX-License-Identifier: MIT
// How it looks below a reply what was remembered, changed and forgotten, each with a button that takes it back.

import { button, element } from "./element.js";
import { explain } from "./errors.js";
import { mayTurn } from "./notes.js";

// `onTurn` gets the note whose button was pressed. What the reply repeats itself is only named, not said again.
export function createNotes(message, strings, onTurn) {
  const list = element("ul", "notes");
  list.setAttribute("aria-label", strings.notes);
  list.setAttribute("aria-live", "off"); // redrawn inside the log: what is new in it is said by itself
  for (const note of message.notes) list.append(createNote(note, message.text, strings, onTurn));
  return list;
}

// What a screen reader should say of a note that has just been turned; nothing while it is being turned.
export function noteNews(note, strings) {
  if (note.error) return explain(note.error, strings);
  if (note.state === "busy") return "";
  return wordsOf(note, "", strings);
}

function createNote(note, replyText, strings, onTurn) {
  const item = element("li", "note");
  item.dataset.what = note.what;
  item.dataset.state = note.state;
  const isSaid = note.what === "added" && note.state !== "undone" && replyText.includes(note.text);
  const words = element("span", isSaid ? "note-short" : "remembered", wordsOf(note, replyText, strings));
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

function wordsOf(note, replyText, strings) {
  if (note.what === "forgotten") return strings.forgotten(note.count);
  if (note.what === "renewed") return strings.renewed(note.text);
  const isUndone = note.state === "undone";
  if (note.what === "changed") return isUndone ? strings.changedBack(note.previous) : strings.changed(note.text);
  if (isUndone) return strings.notRemembered(note.text);
  return replyText.includes(note.text) ? strings.rememberedShort : strings.remembered(note.text);
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
