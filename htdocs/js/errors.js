// SPDX-License-Identifier: MIT
// What went wrong, in the reader's words and with what to do. No DOM.

import { RequestError } from "./client.js";

// Of troubles whose end nobody can foresee, or that the reader can end.
const WORDS = {
  memory_full: "memoryFull",
  memory_not_found: "memoryGone",
  message_too_long: "textTooLong",
  body_too_large: "fileTooLarge",
  storage_full: "storageFull",
  storage_read_only: "storageClosed",
  storage_damaged: "storageDamaged",
  storage_newer: "storageClosed",
  not_in_legacy: "notNow",
};

// The server's own words only where they tell the reader what to do: of its troubles the page speaks itself.
export function explain(error, strings) {
  if (!(error instanceof RequestError) || error.status === 0) return strings.unreachable;
  if (WORDS[error.code]) return strings[WORDS[error.code]];
  if (error.status === 429 || error.status >= 500) return strings.busy;
  return error.message ? strings.refused(error.message) : strings.unreachable;
}

// A request that was refused as it stands would be refused again.
export const mayRepeat = (error) => ![400, 404, 409, 413, 415].includes(error.status);
