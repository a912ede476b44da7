// SPDX-License-Identifier: MIT
// Every word of the page in both languages, and times in the reader's own way. No DOM.
// To name the assistant after your shop, change `title` and `tagline` here and the same words in index.html.

const STRINGS = {
  en: {
    title: "Assistant",
    tagline: "Remembers what you tell it",
    skip: "Skip to the message field",
    language: "Language",
    newConversation: "New conversation",
    newConversationStarted: "A new conversation begins with your next message.",
    conversation: "Conversation",
    messages: "Messages",
    greeting: "Hello! How can I help?",
    greetingMore: "Tell me what to keep in mind: I will still know it the next time you come.",
    examplesLabel: "For example",
    examples: [
      "Remember that my order number is 4417",
      "What is my order number?",
      "What do you know about my delivery?",
    ],
    yourMessage: "Your message",
    placeholder: "Write a message…",
    send: "Send",
    hint: "Enter sends, Shift+Enter starts a new line",
    you: "You:",
    assistant: "Assistant:",
    sending: "Sending…",
    sent: "Sent",
    failed: "Not sent",
    again: "Try again",
    answering: "The assistant is answering.",
    pending: "Your message is kept. The answer takes longer than usual; it will be here when you come back.",
    notes: "What I keep of this",
    remembered: (text) => `I will remember: ${text}`,
    rememberedShort: "I will remember this",
    notRemembered: (text) => `Not kept: ${text}`,
    changed: (text) => `Changed: ${text}`,
    changedShort: "Changed",
    before: (text) => `before: ${text}`,
    changedBack: (text) => `As it was before: ${text}`,
    renewed: (text) => `Brought up to date: ${text}`,
    renewedShort: "Brought up to date",
    forgotten: (count) => (count === 1 ? "Forgotten: 1 thing" : `Forgotten: ${count} things`),
    undo: "Undo",
    undoLabel: (text) => `Undo: ${text}`,
    redo: "Keep it after all",
    redoLabel: (text) => `Keep it after all: ${text}`,
    seeMemory: "See what I know",
    whatIKnow: "What I know about you",
    memory: "Memory",
    emptyMessage: "Please write a message first.",
    tooLong: (kib, limitKib) =>
      `This message is too long: ${kib} KiB, and at most ${limitKib} KiB can be sent. ` +
      "Please shorten it or send it in parts.",
    loadFailed: "Your earlier messages could not be loaded just now.",
    startedAnew: "The earlier conversation can no longer be continued here, so a new one has begun.",
    conversationGone: "The conversation you came for is no longer there. This is the latest one.",
    earlierConversation: "This is an earlier conversation. What you write continues it.",
    toLatest: "To the latest one",
    unreachable: "The assistant can't be reached. Please check your connection and try again.",
    busy: "The assistant is busy just now. Please try again in a moment.",
    refused: (reason) => `Sorry, that did not work. ${reason}`,
    memoryFull: "My memory is full. Let me forget something first, then try again.",
    memoryGone: "This is no longer in my memory.",
    textTooLong: "This text is too long. Please shorten it.",
    fileTooLarge: "This is too large to be taken in.",
    storageFull: "The server has no room left, so nothing new can be kept. Please tell the people who run this site.",
    storageClosed: "Nothing can be changed just now; what I know is safe. Please try again later.",
    storageDamaged: "What is kept of you can't be read just now. The people who run this site have to repair it.",
    notNow: "This is not possible just now, while the server is being looked after. Please try again later.",
  },
  ru: {
    title: "Помощник",
    tagline: "Помнит, что вы ему сказали",
    skip: "Перейти к полю сообщения",
    language: "Язык",
    newConversation: "Новый разговор",
    newConversationStarted: "Новый разговор начнётся с вашего следующего сообщения.",
    conversation: "Разговор",
    messages: "Сообщения",
    greeting: "Здравствуйте! Чем помочь?",
    greetingMore: "Скажите, что мне запомнить: я\u00a0буду знать это и в следующий раз.",
    examplesLabel: "Например",
    examples: [
      "Запомни, что номер моего заказа 4417",
      "Какой у меня номер заказа?",
      "Что тебе известно о моей доставке?",
    ],
    yourMessage: "Ваше сообщение",
    placeholder: "Напишите сообщение…",
    send: "Отправить",
    hint: "Enter — отправить, Shift+Enter — новая строка",
    you: "Вы:",
    assistant: "Помощник:",
    sending: "Отправляется…",
    sent: "Отправлено",
    failed: "Не отправлено",
    again: "Отправить ещё раз",
    answering: "Помощник отвечает.",
    pending: "Сообщение сохранено. Ответ занимает больше времени, чем обычно: он будет здесь, когда вы вернётесь.",
    notes: "Что из этого я сохраню",
    remembered: (text) => `Я запомню: ${text}`,
    rememberedShort: "Я это запомню",
    notRemembered: (text) => `Не сохранено: ${text}`,
    changed: (text) => `Изменено: ${text}`,
    changedShort: "Изменено",
    before: (text) => `раньше: ${text}`,
    changedBack: (text) => `Снова как раньше: ${text}`,
    renewed: (text) => `Обновлено: ${text}`,
    renewedShort: "Обновлено",
    forgotten: (count) => `Забыто: ${count} ${plural(count, "запись", "записи", "записей")}`,
    undo: "Отменить",
    undoLabel: (text) => `Отменить: ${text}`,
    redo: "Всё же сохранить",
    redoLabel: (text) => `Всё же сохранить: ${text}`,
    seeMemory: "Что я знаю",
    whatIKnow: "Что я о вас знаю",
    memory: "Память",
    emptyMessage: "Сначала напишите сообщение.",
    tooLong: (kib, limitKib) =>
      `Сообщение слишком длинное: ${kib} КиБ, а отправить можно не больше ${limitKib} КиБ. ` +
      "Сократите его или отправьте по частям.",
    loadFailed: "Сейчас не удалось загрузить ваши прежние сообщения.",
    startedAnew: "Прежний разговор здесь больше нельзя продолжить, поэтому начат новый.",
    conversationGone: "Разговора, к которому вела ссылка, больше нет. Это последний разговор.",
    earlierConversation: "Это один из прежних разговоров. Новые сообщения продолжат его.",
    toLatest: "К последнему",
    unreachable: "Нет связи с помощником. Проверьте подключение и попробуйте ещё раз.",
    busy: "Помощник сейчас занят. Попробуйте ещё раз чуть позже.",
    refused: (reason) => `К сожалению, не получилось. Ответ сервера: ${reason}`,
    memoryFull: "Память заполнена. Сначала удалите что-нибудь из неё, потом попробуйте ещё раз.",
    memoryGone: "В памяти этого больше нет.",
    textTooLong: "Этот текст слишком длинный. Пожалуйста, сократите его.",
    fileTooLarge: "Это слишком много для одного раза.",
    storageFull: "На сервере кончилось место, и новое не сохранить. Пожалуйста, сообщите об этом владельцам сайта.",
    storageClosed: "Сейчас ничего нельзя изменить, но всё сохранено. Попробуйте позже.",
    storageDamaged: "Сейчас ваши данные не прочитать. Их должны восстановить владельцы сайта.",
    notNow: "Сейчас это невозможно: сервер обслуживается. Попробуйте позже.",
  },
};

// The form of a Russian noun that goes with a number.
export function plural(count, one, few, many) {
  return { one, few, many }[new Intl.PluralRules("ru").select(count)] ?? many;
}

export const LANGUAGES = Object.keys(STRINGS);

const languageOf = (tag) => String(tag).toLowerCase().split("-")[0];

// The reader's own choice, else the first of the browser's languages that the page speaks, else English.
export function chooseLanguage(chosen, browserLanguages) {
  const wanted = [chosen, ...browserLanguages].map(languageOf);
  return wanted.find((language) => LANGUAGES.includes(language)) ?? "en";
}

// Words and times for one language. The region comes from the browser where its language is the same: a
// reader with en-GB gets 14:05, one with en-US 2:05 PM. `words` are those of one page, by language.
export function stringsFor(language, browserLanguages, words = {}) {
  const locale = browserLanguages.find((tag) => languageOf(tag) === language) ?? language;
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  const nearDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const farDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const otherYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });

  function formatDay(date, now = new Date()) {
    const days = daysBetween(now, date);
    if (days === 0 || days === -1) return capitalised(nearDay.format(days, "day"), locale);
    return capitalised((date.getFullYear() === now.getFullYear() ? farDay : otherYear).format(date), locale);
  }
  return {
    ...STRINGS[language],
    ...words[language],
    language,
    locale,
    formatTime: (date) => time.format(date),
    formatDate: (date) => otherYear.format(date),
    formatDay,
  };
}

// Calendar days, not spans of 24 hours: an hour ago may well be yesterday. Rounding absorbs summer time.
function daysBetween(from, to) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

export const isSameDay = (a, b) => daysBetween(a, b) === 0;

const capitalised = (text, locale) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
