// SPDX-License-Identifier: MIT
// When something takes place or holds, as exactly as it was said. No DOM.

const DAY = { day: "numeric", month: "long", year: "numeric" };
const OPTIONS = {
  year: { year: "numeric" },
  quarter: { month: "long", year: "numeric" },
  month: { month: "long", year: "numeric" },
  week: DAY,
  day: { weekday: "short", ...DAY },
  hour: { weekday: "short", ...DAY, hour: "numeric", minute: "2-digit" },
};

// A short text, "" where there is nothing to say.
export function describeValidity(memory, strings) {
  const from = memory.valid_from && new Date(memory.valid_from);
  const to = memory.valid_to && new Date(memory.valid_to);
  if (!from && !to) return "";
  if (memory.kind === "event" && from) return formatSpan(from, to, memory.grain, strings.locale);
  const day = new Intl.DateTimeFormat(strings.locale, DAY);
  if (from && to) return strings.fromUntil(day.format(from), day.format(to));
  return from ? strings.since(day.format(from)) : strings.until(day.format(to));
}

// It was so, or it took place.
export const isOver = (memory, now = new Date()) => memory.valid_to !== null && new Date(memory.valid_to) <= now;

// From inclusive, to exclusive: its last moment is the one before.
function formatSpan(from, to, grain, locale) {
  const isMoment = ["hour", "minute", "second"].includes(grain);
  const format = new Intl.DateTimeFormat(locale, OPTIONS[isMoment ? "hour" : grain] ?? DAY);
  const isShort = to && isMoment && to - from <= 3_600_000; // "at three", not "from three to one past three"
  return to && !isShort ? format.formatRange(from, isMoment ? to : new Date(to - 1)) : format.format(from);
}
