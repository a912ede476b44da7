// SPDX-License-Identifier: MIT
// The page of memories in a real browser against a running ARQ (ARQ_URL): npm ci, then npm test.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { measureContrast } from "./contrast.mjs";
import { errorAnswer, known, knownTexts, launch, noWorker, say, url, visit } from "./browser.mjs";

let browser;
let contexts = [];

before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
});

// A visitor of whom `memories` are known, on the page of memories. Each is a text or {text, kind}.
async function reader({ memories = [], ...options } = {}) {
  const visited = await visit(browser, options);
  contexts.push(visited.context);
  const { page } = visited;
  if (memories.length) await becomeVisitor(page);
  for (const memory of memories) await teach(page, memory);
  await page.goto(`${url}/memory.html`);
  await page.waitForLoadState("networkidle");
  return visited;
}

const becomeVisitor = async (page) => {
  await page.request.post(`${url}/api/visitor`);
  await page.evaluate(() => localStorage.setItem("arq.talked", "1"));
};

async function teach(page, memory) {
  const data = typeof memory === "string" ? { text: memory, kind: "note" } : memory;
  const response = await page.request.post(`${url}/api/memory`, { data });
  assert.equal(response.status(), 201);
  return response.json();
}

const shownTexts = (page) => page.locator(".memory-text").allTextContents();
const row = (page, text) => page.locator("#lists .memory", { hasText: text });
const tool = (page, action, text) => page.locator(`#lists [data-action=${action}][aria-label$=": ${text}"]`);
const focused = (page, property) => page.evaluate((name) => document.activeElement[name], property);

// The time to take a forgetting back is over at once, by the page's own clock.
const passTime = (page) => page.clock.fastForward(11_000);

// Answers the first requests of a method and path by `answers`, lets the others through.
async function intercept(page, method, path, answers) {
  const seen = [];
  await page.route(path, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    seen.push(route.request().postDataJSON());
    const answer = answers.shift();
    if (answer === undefined) return route.continue();
    if (answer === "lose") return route.fetch().then(() => route.abort("connectionreset"));
    return route.fulfill(answer);
  });
  return seen;
}

test("the page is reached from the chat, and shows what was said there by kind, with its source", async () => {
  const { page, complaints } = await reader();
  await page.getByRole("link", { name: "Back to the chat" }).click();
  await say(page, "My name is Anna");
  await say(page, "Remember that the spare key lies under the mat");
  await page.getByRole("link", { name: "What I know about you" }).click();
  await page.locator(".memory-text").nth(1).waitFor();
  assert.equal(await page.locator("h1").textContent(), "What I know about you");
  const groups = page.locator(".group:visible");
  assert.deepEqual(await groups.locator(".group-name").allTextContents(), ["About you", "Notes"]);
  assert.equal(await groups.first().locator(".memory-text").textContent(), "My name is Anna");
  await page.getByRole("link", { name: "Where you said it: the spare key lies under the mat" }).click();
  await page.locator(".sought").waitFor();
  assert.equal(await page.locator(".sought .bubble").textContent(), "Remember that the spare key lies under the mat");
  assert.deepEqual(complaints, []);
});

test("a browser that never talked is told so, and what it adds makes it a visitor", async () => {
  const { page, complaints } = await reader();
  await page.locator("#empty").waitFor();
  assert.match(await page.locator("#empty").textContent(), /don't know anything about you yet/);
  await page.getByRole("button", { name: "Add something" }).click();
  await page.keyboard.insertText("My cat is called Murka");
  await page.keyboard.press("Control+Enter");
  await page.locator(".memory-text").waitFor();
  assert.deepEqual(await shownTexts(page), ["My cat is called Murka"]);
  assert.ok(await page.locator("#empty").isHidden());
  assert.equal(await focused(page, "id"), "add");
  await page.goto(`${url}/`);
  assert.match(await say(page, "What is my cat called?"), /Murka/);
  assert.deepEqual(complaints, []);
});

test("a kind chosen by hand is kept, and a text that is known already is not doubled", async () => {
  const { page } = await reader({ memories: ["Known already"] });
  await page.locator("#add").click();
  await page.locator("#adding textarea").fill("Answer in one sentence");
  await page.locator("#adding select").selectOption({ label: "Instruction" });
  await page.locator("#adding [type=submit]").click();
  await row(page, "Answer in one sentence").waitFor();
  assert.equal((await known(page))[0].kind, "instruction");
  await page.locator("#add").click();
  await page.locator("#adding textarea").fill("  Known already ");
  await page.locator("#adding [type=submit]").click();
  await page.locator("#adding form").waitFor({ state: "detached" });
  assert.deepEqual(await shownTexts(page), ["Answer in one sentence", "Known already"]);
});

test("a memory is corrected in its place, by keyboard, and its history tells what it was", async () => {
  const { page } = await reader({ memories: [{ text: "Lives in Tver", kind: "fact" }] });
  assert.equal(await page.locator("[data-action=history]").count(), 0);
  await tool(page, "edit", "Lives in Tver").focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(page, "value"), "Lives in Tver");
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("Lives in Kazan");
  await page.keyboard.press("Control+Enter");
  await row(page, "Lives in Kazan").locator(".memory-text").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "edit");
  assert.deepEqual(await knownTexts(page), ["Lives in Kazan"]);
  await page.getByRole("button", { name: "History: Lives in Kazan" }).click();
  await page.locator("ol.memory-history li").waitFor();
  assert.match(await page.locator("ol.memory-history").textContent(), /Lives in Tver/);
  await page.getByRole("button", { name: "History: Lives in Kazan" }).click();
  await page.locator("ol.memory-history").waitFor({ state: "detached" });
});

test("an edit is given up by escape, and one to another kind moves to its group", async () => {
  const { page } = await reader({ memories: ["Likes tea"] });
  await tool(page, "edit", "Likes tea").click();
  await page.locator("#lists textarea").fill("Likes coffee");
  await page.keyboard.press("Escape");
  assert.deepEqual(await shownTexts(page), ["Likes tea"]);
  await tool(page, "edit", "Likes tea").click();
  await page.locator("#lists select").selectOption("preference");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".group", { hasText: "What you like" }).locator(".memory-text").waitFor();
  assert.deepEqual(await page.locator(".group:visible .group-name").allTextContents(), ["What you like"]);
  assert.equal((await known(page))[0].kind, "preference");
});

test("an empty text and one that is too long are told before they are sent", async () => {
  const { page } = await reader({ memories: ["Likes tea"] });
  const sent = await intercept(page, "PATCH", "**/api/memory/*", []);
  await tool(page, "edit", "Likes tea").click();
  for (const [text, words] of [["  ", /what I should remember/], ["я".repeat(16 * 1024 + 1), /too long/]]) {
    await page.locator("#lists textarea").fill(text);
    await page.getByRole("button", { name: "Save" }).click();
    assert.match(await page.locator("#lists .memory-problem").textContent(), words);
  }
  assert.equal(sent.length, 0);
});

test("a memory is forgotten only when nobody takes it back in time", async () => {
  const { page } = await reader({ memories: ["First", "Second", "Third"] });
  await page.clock.install();
  const sent = await intercept(page, "DELETE", "**/api/memory/*", []);
  await tool(page, "forget", "Second").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "keep");
  await page.keyboard.press("Enter");
  assert.deepEqual(await shownTexts(page), ["Third", "Second", "First"]);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.action), "edit");
  await passTime(page);
  assert.equal(sent.length, 0);
  await tool(page, "forget", "Second").click();
  assert.deepEqual(await knownTexts(page), ["Third", "Second", "First"]);
  await passTime(page);
  await row(page, "Second").waitFor({ state: "detached" });
  assert.deepEqual(await knownTexts(page), ["Third", "First"]);
  assert.match(await row(page, "First").locator("button").first().getAttribute("aria-label"), /First/);
  assert.equal(await page.evaluate(() => document.activeElement.closest(".memory").dataset.id), (await known(page))[1].id);
});

test("what waits to be forgotten waits through a search, and is forgotten when the page is left", async () => {
  const { page } = await reader({ memories: ["Likes green tea", "Likes coffee"] });
  await tool(page, "forget", "Likes green tea").click();
  await page.locator("#search").fill("tea");
  await page.locator(".group-name", { hasText: "Found for “tea”" }).waitFor();
  await page.getByRole("button", { name: "Keep it: Likes green tea" }).waitFor();
  await page.getByRole("link", { name: "Back to the chat" }).click();
  await page.locator("#composer").waitFor();
  for (let attempt = 0; attempt < 100 && (await known(page)).length > 1; attempt++) await page.waitForTimeout(50);
  assert.deepEqual(await knownTexts(page), ["Likes coffee"]);
});

test("a search shows the best over all kinds, says when nothing fits, and gives way to all again", async () => {
  const memories = [{ text: "Has a dog called Rex", kind: "fact" }, "The dog is afraid of thunder", "Lives in Tver"];
  const { page } = await reader({ memories });
  await page.locator("#search").fill("dog");
  await page.locator(".group-name", { hasText: "Found for “dog”" }).waitFor();
  await page.locator(".memory-text").nth(1).waitFor();
  assert.deepEqual((await shownTexts(page)).sort(), ["Has a dog called Rex", "The dog is afraid of thunder"]);
  assert.deepEqual((await page.locator("#lists .tag").allTextContents()).sort(), ["Fact", "Note"]);
  await page.locator("#search").fill("submarine");
  await page.locator(".group-note", { hasText: "Nothing I know fits" }).waitFor();
  await page.locator("#search").fill("");
  await page.locator(".memory-text").nth(2).waitFor();
  assert.equal((await shownTexts(page)).length, 3);
});

test("many memories come page by page, none twice and none left out", async () => {
  const texts = Array.from({ length: 60 }, (_, number) => `Number ${number}`);
  const { page } = await reader({ memories: texts });
  assert.equal((await shownTexts(page)).length, 25);
  await page.getByRole("button", { name: "Show more: Notes" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".memory-text").nth(49).waitFor();
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /Number 34$/);
  await page.getByRole("button", { name: "Show more: Notes" }).click();
  await page.locator(".memory-text").nth(59).waitFor();
  assert.deepEqual(await shownTexts(page), texts.reverse());
  assert.equal(await page.locator(".more").count(), 0);
});

test("a page behind a memory that is gone meanwhile begins anew", async () => {
  const { page } = await reader({ memories: Array.from({ length: 30 }, (_, number) => `Number ${number}`) });
  const last = (await known(page))[24];
  await page.request.delete(`${url}/api/memory/${last.id}`);
  await page.locator(".more").click();
  await row(page, last.text).waitFor({ state: "detached" });
  assert.equal((await shownTexts(page)).length, 25);
  await page.locator(".more").click();
  await page.locator(".memory-text").nth(28).waitFor();
});

test("times are told as exactly as they were said, and what is over is told to be", async () => {
  const { page } = await reader({ locale: "en-GB", timezoneId: "Europe/Moscow", memories: ["Any"] });
  const [any] = await known(page);
  const tell = (id, kind, more) => ({ ...any, id, kind, text: id, valid_from: null, valid_to: null, grain: null, ...more });
  const told = [
    tell("day", "event", { valid_from: "2031-11-26T21:00:00.000Z", valid_to: "2031-11-27T21:00:00.000Z", grain: "day" }),
    tell("month", "event", { valid_from: "2031-10-31T21:00:00.000Z", valid_to: "2031-11-30T21:00:00.000Z", grain: "month" }),
    tell("minute", "event", { valid_from: "2031-11-27T12:30:00.000Z", valid_to: "2031-11-27T12:31:00.000Z", grain: "minute" }),
    tell("week", "event", { valid_from: "2001-11-25T21:00:00.000Z", valid_to: "2001-12-02T21:00:00.000Z", grain: "week" }),
  ];
  await page.route("**/api/memory?*kind=event*", (route) => route.fulfill({ json: { memories: told, next_after: null } }));
  const home = tell("home", "fact", { valid_from: "2001-05-01T00:00:00.000Z", valid_to: "2003-05-01T00:00:00.000Z" });
  await page.route("**/api/memory?*kind=fact*", (route) => route.fulfill({ json: { memories: [home], next_after: null } }));
  await page.reload();
  await page.locator(".tag-time").nth(4).waitFor();
  const times = (await page.locator(".tag-time").allTextContents()).map((text) => text.replace(/\s/g, " "));
  assert.deepEqual(times, [
    "from 1 May 2001 to 1 May 2003 · past",
    "Thu, 27 November 2031",
    "November 2031",
    "Thu, 27 November 2031 at 15:30",
    "26 November – 2 December 2001 · past",
  ]);
});

test("requests that meet a restart are repeated, and nothing is done twice", async () => {
  const { page } = await reader({ memories: ["Likes tea", "Goes away"] });
  const added = await intercept(page, "POST", "**/api/memory", [noWorker(), "lose"]);
  await page.locator("#add").click();
  await page.locator("#adding textarea").fill("Likes coffee");
  await page.locator("#adding [type=submit]").click();
  await page.locator("#adding form").waitFor({ state: "detached" });
  assert.equal(added.length, 3);
  await intercept(page, "PATCH", "**/api/memory/*", [noWorker(), "lose"]);
  await tool(page, "edit", "Likes tea").click();
  await page.locator("#lists textarea").fill("Likes green tea");
  await page.getByRole("button", { name: "Save" }).click();
  await row(page, "Likes green tea").locator(".memory-text").waitFor();
  const deleted = await intercept(page, "DELETE", "**/api/memory/*", [noWorker(), "lose"]);
  await page.clock.install();
  await tool(page, "forget", "Goes away").click();
  for (let attempt = 0; attempt < 20 && (await row(page, "Goes away").count()) > 0; attempt++) {
    await passTime(page);
    await page.waitForTimeout(50);
  }
  assert.equal(deleted.length, 3);
  assert.deepEqual((await shownTexts(page)).sort(), ["Likes coffee", "Likes green tea"]);
  assert.deepEqual((await knownTexts(page)).sort(), ["Likes coffee", "Likes green tea"]);
});

test("what fails is told in words with what to do, in both languages", async () => {
  const { page } = await reader({ memories: ["Likes tea"] });
  const later = { "Retry-After": "600" };
  for (const [answer, words] of [
    [errorAnswer(507, "storage_full", "No room."), /no room left.*people who run this site/],
    [errorAnswer(503, "storage_read_only", "Read only."), /what I know is safe.*try again later/],
    [errorAnswer(503, "no_worker", "None.", later), /busy just now.*try again/],
    [errorAnswer(404, "memory_not_found", "None."), /no longer in my memory/],
  ]) {
    await page.route("**/api/memory/*", (route) => route.fulfill(answer), { times: answer.status === 503 ? 5 : 1 });
    await tool(page, "edit", "Likes tea").click();
    await page.locator("#lists textarea").fill("Likes coffee");
    await page.clock.install();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#lists .memory-problem").waitFor();
    assert.match(await page.locator("#lists .memory-problem").textContent(), words);
    assert.equal(await page.locator("#lists textarea").inputValue(), "Likes coffee", "what was written is still there");
    await page.unroute("**/api/memory/*");
    await page.getByRole("button", { name: "Cancel" }).click();
  }
  await page.locator("[data-language=ru]").click();
  await intercept(page, "POST", "**/api/memory", [errorAnswer(409, "memory_full", "Full.")]);
  await page.locator("#add").click();
  await page.locator("#adding textarea").fill("Ещё одно");
  await page.locator("#adding [type=submit]").click();
  await page.locator("#problem", { hasText: "Память заполнена. Сначала удалите" }).waitFor();
});

test("memories that can't be loaded are said to be missing, and load by the button", async () => {
  const { page } = await reader({ memories: ["Likes tea"] });
  const down = () => errorAnswer(503, "no_worker", "No worker is ready.", { "Retry-After": "600" });
  await page.route("**/api/memory?*", (route) => route.fulfill(down()), { times: 5 });
  await page.reload();
  await page.locator("#failed .again").waitFor();
  assert.ok(await page.locator("#empty").isHidden());
  assert.equal(await page.locator(".group:visible").count(), 0);
  await page.locator("#failed .again").click();
  await page.locator(".memory-text").waitFor();
  assert.equal(await page.locator("#failed").textContent(), "");
});

test("a second visitor sees nothing of what is known of the first", async () => {
  await reader({ memories: ["The secret word is heliotrope"] });
  const second = await reader({ memories: ["Another"] });
  assert.deepEqual(await shownTexts(second.page), ["Another"]);
});

test("a text like markup is shown as text", async () => {
  const text = "<img src=x onerror=\"document.title='broken'\"><b>bold</b> &amp;";
  const { page, complaints } = await reader({ memories: [text] });
  assert.deepEqual(await shownTexts(page), [text]);
  await tool(page, "forget", text.replaceAll('"', '\\"')).click();
  assert.equal(await page.locator(".memory b, .memory img").count(), 0);
  assert.equal(await page.title(), "What I know about you");
  assert.deepEqual(complaints, []);
});

test("everything is exported to a file that another visitor takes in, twice with no change", async () => {
  const first = await reader({ memories: ["Likes tea", { text: "Lives in Tver", kind: "fact" }] });
  const saved = first.page.waitForEvent("download");
  await first.page.locator("#export").click();
  const download = await saved;
  assert.match(download.suggestedFilename(), /^assistant-\d{4}-\d\d-\d\d\.ndjson$/);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.some((line) => line.type === "memory" && line.text === "Likes tea"));
  await first.page.locator("#data-news", { hasText: "Saved as assistant-" }).waitFor();
  const second = await reader();
  const news = second.page.locator("#data-news");
  await second.page.locator("#import-file").setInputFiles(await download.path());
  await news.filter({ hasText: "Taken in: 2. Were here already: 0." }).waitFor();
  assert.deepEqual(await shownTexts(second.page), ["Lives in Tver", "Likes tea"]);
  await second.page.locator("#import-file").setInputFiles(await download.path());
  await news.filter({ hasText: "Taken in: 0. Were here already: 2." }).waitFor();
  assert.deepEqual(await shownTexts(second.page), ["Lives in Tver", "Likes tea"]);
});

test("a file that is no export is refused in words", async () => {
  const { page } = await reader({ memories: ["Likes tea"] });
  const file = { name: "holiday.txt", mimeType: "text/plain", buffer: Buffer.from("not an export\n") };
  await page.locator("#import-file").setInputFiles(file);
  await page.locator("#data-news[data-problem=true]").waitFor();
  assert.match(await page.locator("#data-news").textContent(), /did not work.*line 1/);
  assert.deepEqual(await knownTexts(page), ["Likes tea"]);
});

test("everything is deleted only when the word was written, and then all of it", async () => {
  const { context, page, complaints } = await reader({ memories: ["Likes tea"] });
  await page.locator("#delete").click();
  const dialog = page.getByRole("dialog", { name: "Delete everything for good?" });
  await dialog.waitFor();
  assert.equal(await focused(page, "id"), "delete-word");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#delete-problem").textContent(), /Nothing was deleted/);
  await page.keyboard.insertText("delet");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#delete-problem").textContent(), /Nothing was deleted/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await focused(page, "id"), "delete");
  assert.deepEqual(await knownTexts(page), ["Likes tea"]);
  await page.locator("#delete").click();
  await page.keyboard.insertText("Delete ");
  await page.keyboard.press("Enter");
  await page.locator("#data-news", { hasText: "Everything has been deleted" }).waitFor();
  await page.locator("#empty").waitFor();
  assert.deepEqual(await shownTexts(page), []);
  assert.deepEqual(await context.cookies(), []);
  await page.goto(`${url}/`);
  await page.locator("#greeting").waitFor();
  assert.doesNotMatch(await say(page, "What do I like?"), /tea/);
  assert.deepEqual(complaints, []);
});

test("the page speaks Russian, and changes the language in the middle of an edit without losing it", async () => {
  const { page } = await reader({ locale: "ru-RU", memories: [{ text: "Живёт в Твери", kind: "fact" }] });
  assert.equal(await page.locator("h1").textContent(), "Что я о вас знаю");
  assert.equal(await page.locator("html").getAttribute("lang"), "ru");
  await page.getByRole("button", { name: "Изменить: Живёт в Твери" }).click();
  await page.locator("#lists textarea").fill("Живёт в Казани");
  await page.locator("[data-language=en]").click();
  assert.equal(await page.locator("h1").textContent(), "What I know about you");
  assert.equal(await page.locator("#lists textarea").inputValue(), "Живёт в Казани");
  await page.locator("[data-language=ru]").click();
  await page.getByRole("button", { name: "Сохранить" }).click();
  await row(page, "Живёт в Казани").locator(".memory-text").waitFor();
  await page.locator("#delete").click();
  await page.keyboard.insertText("Удалить");
  await page.keyboard.press("Enter");
  await page.locator("#data-news", { hasText: "Всё удалено" }).waitFor();
});

test("a phone of 360 pixels shows everything without scrolling sideways", async () => {
  const memories = [`A long word: ${"donaudampfschiff".repeat(20)}`, { text: "Lives in Tver", kind: "fact" }];
  const viewport = { width: 360, height: 640 };
  const { page } = await reader({ memories, viewport, hasTouch: true, isMobile: true });
  const isInside = () => page.evaluate(() => {
    const isCut = (part) => part.checkVisibility() && part.getBoundingClientRect().right > window.innerWidth + 0.5;
    return document.documentElement.scrollWidth <= 360 && ![...document.querySelectorAll("main *, .top *")].some(isCut);
  });
  for (const language of ["en", "ru"]) {
    await page.locator(`[data-language=${language}]`).click();
    assert.ok(await isInside());
    await page.locator("#add").click();
    await page.locator("#lists [data-action=edit]").first().click();
    assert.ok(await isInside());
    await page.locator("#lists form .quiet").click();
    await page.locator("#add").click();
  }
  await page.locator("#lists [data-action=forget]").last().click();
  assert.ok(await isInside());
});

test("every text stands out from its ground, in light and in dark", async () => {
  const memories = [{ text: "Lives in Tver", kind: "fact" }, { text: "Likes tea", kind: "preference" }, "Any"];
  const { page } = await reader({ memories });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const assertReadable = async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const measured = await measureContrast(page);
      assert.ok(measured.length > 10);
      assert.deepEqual(measured.filter(({ ratio }) => ratio < 4.5), []);
    }
  };
  await assertReadable();
  await page.locator("#add").click();
  await page.locator("#adding [type=submit]").click();
  await tool(page, "forget", "Any").click();
  await tool(page, "edit", "Likes tea").click();
  await page.locator("#delete").click();
  await page.keyboard.press("Enter");
  await assertReadable();
});
