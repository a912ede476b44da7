// SPDX-License-Identifier: MIT
// What one message has changed in the memory, and taking it back. No DOM.
//
// A note is {what, id, text, previous, kind, state, error}. `what`: "added", "changed" (it said `previous` before),
// "renewed" (the same words hold from or until another time: there is nothing to go back to), "forgotten" (nothing
// of what it said is kept; `count` of them are one note). `state`: "done", "busy", "undone".

// Of an answer's `memory`.
export function notesOf(memory) {
  const added = (memory?.added ?? []).map(({ id, text, kind }) => ({ what: "added", id, text, kind }));
  const changed = (memory?.changed ?? []).map(({ id, text, previous, kind }) => {
    const what = previous === text ? "renewed" : "changed";
    return { what, id, text, previous, kind };
  });
  const count = memory?.forgotten?.length ?? 0;
  const forgotten = count ? [{ what: "forgotten", count }] : [];
  return [...added, ...changed, ...forgotten].map((note) => ({ ...note, state: "done", error: null }));
}

export const mayTurn = (note) => note.what === "added" || note.what === "changed";

// Undoes what was done, or does again what was undone. `onChange` is called whenever the note has changed. Never
// throws: what went wrong is the note's `error`.
export async function turnNote(note, client, onChange) {
  if (note.state === "busy" || !mayTurn(note)) return;
  const before = note.state;
  Object.assign(note, { state: "busy", error: null });
  onChange();
  try {
    if (before === "done") await undo(note, client);
    else await redo(note, client);
    note.state = before === "done" ? "undone" : "done";
  } catch (error) {
    Object.assign(note, { state: before, error });
  }
  onChange();
}

async function undo(note, client) {
  if (note.what === "added") await client.forgetMemory(note.id);
  else await client.changeMemory(note.id, { text: note.previous });
}

async function redo(note, client) {
  if (note.what === "changed") await client.changeMemory(note.id, { text: note.text });
  else note.id = (await client.addMemory({ text: note.text, kind: note.kind })).id;
}
