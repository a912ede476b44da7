// SPDX-License-Identifier: MIT
// The chat page in a real browser against a running ARQ (ARQ_URL): npm ci, then npm test.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { measureContrast } from "./contrast.mjs";
import { errorAnswer, known, knownTexts, launch, messages, noWorker, say, url, visit } from "./browser.mjs";

let browser;
let contexts = [];

before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
});

async function visitor(options) {
  const visited = await visit(browser, options);
  contexts.push(visited.context);
  return visited;
}

const shownTexts = (page) => page.locator(".message .bubble").allTextContents();

// Fulfils the first requests of one address by `answers`, lets all others through, and notes every posted body.
async function interceptMessages(page, answers) {
  const posted = [];
  await page.route("**/api/message", async (route) => {
    posted.push(route.request().postDataJSON());
    const answer = answers.shift();
    if (answer === undefined) await route.continue();
    else if (answer === "abort") await route.abort("connectionreset");
    else if (answer === "lose") await route.fetch().then(() => route.abort("connectionreset"));
    else await route.fulfill(answer);
  });
  return posted;
}

// What the answers to messages say of the memory, in place of what they said.
const changeAnswers = (page, memory) => page.route("**/api/message", async (route) => {
  const response = await route.fetch();
  const answer = await response.json();
  await route.fulfill({ response, json: { ...answer, memory: { used: [], added: [], changed: [], forgotten: [], ...memory } } });
});

test("the page loads and talks without a complaint of the browser", async () => {
  const { page, complaints } = await visitor();
  await page.locator("#greeting").waitFor();
  await say(page, "Hello");
  assert.deepEqual(complaints, []);
});

test("a strict content security policy is sent with the page", async () => {
  const { headers } = await fetch(`${url}/`);
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
});

test("a message sent by keyboard is answered", async () => {
  const { page } = await visitor();
  const answer = await say(page, "Remember that my order number is 4417");
  assert.ok(answer.length > 0);
  await page.locator('.message[data-role="user"][data-state="sent"]').waitFor();
  assert.match(await say(page, "What is my order number?"), /4417/);
});

test("what is remembered stands below a reply, in short where the reply says it itself", async () => {
  const { page } = await visitor();
  await say(page, "My name is Anna");
  assert.equal(await page.locator(".remembered").textContent(), "I will remember: My name is Anna");
  await say(page, "Remember that my order number is 4417");
  assert.equal(await page.locator(".remembered").count(), 1);
  assert.equal(await page.locator(".note-short").textContent(), "I will remember this");
  assert.equal(await page.locator(".turn").count(), 2);
});

test("what was remembered is taken back by its button, and kept after all by the same", async () => {
  const { page, complaints } = await visitor();
  await say(page, "Remember that my order number is 4417");
  const note = page.locator(".note");
  await note.locator("button").focus();
  await page.keyboard.press("Enter");
  await page.locator('.note[data-state="undone"]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.className), "turn", "the focus stays");
  assert.match(await page.locator("#announcer").textContent(), /^Not kept: my order number is 4417/);
  assert.deepEqual(await knownTexts(page), []);
  assert.doesNotMatch(await say(page, "What is my order number?"), /4417/);
  await note.getByRole("button", { name: "Keep it after all: my order number is 4417" }).click();
  await page.locator('.note[data-state="done"]').waitFor();
  assert.deepEqual(await knownTexts(page), ["my order number is 4417"]);
  assert.deepEqual(complaints, []);
});

test("what was changed tells what it was before, and goes back to it", async () => {
  const { page } = await visitor();
  await say(page, "My name is Anna");
  const [{ id }] = await known(page);
  await page.request.patch(`${url}/api/memory/${id}`, { data: { text: "My name is Vera" } });
  const other = { id: "0n9gt8wcxf1f", text: "Likes tea", kind: "preference" };
  const changed = [{ id, text: "My name is Vera", previous: "My name is Anna", kind: "fact" }];
  await changeAnswers(page, { added: [other], changed });
  await say(page, "Call me Vera");
  const note = page.locator('.note[data-what="changed"]');
  assert.equal(await note.locator(".remembered").textContent(), "Changed: My name is Vera");
  assert.equal(await note.locator(".note-before").textContent(), "before: My name is Anna");
  await note.locator("button").click();
  await page.locator('.note[data-what="changed"][data-state="undone"]').waitFor();
  assert.equal(await note.locator(".remembered").textContent(), "As it was before: My name is Anna");
  assert.deepEqual(await knownTexts(page), ["My name is Anna"]);
  await note.locator("button").click();
  await page.locator('.note[data-what="changed"][data-state="done"]').waitFor();
  assert.deepEqual(await knownTexts(page), ["My name is Vera"]);
});

test("a new value that was told takes the place of the old one, and gives it back", async () => {
  const { page } = await visitor({ locale: "ru-RU" });
  await say(page, "Я живу в Казани");
  const before = await knownTexts(page);
  assert.match(before[0], /живу в Казани/);
  await say(page, "Теперь я живу в Твери");
  const note = page.locator('.note[data-what="changed"]');
  assert.equal(await note.locator(".note-before").textContent(), `раньше: ${before[0]}`);
  await note.getByRole("button", { name: /^Отменить: / }).click();
  await page.locator('.note[data-what="changed"][data-state="undone"]').waitFor();
  assert.deepEqual(await knownTexts(page), before);
  await say(page, "Запомни, что ключ под ковриком");
  await say(page, "Забудь про ключ");
  assert.equal(await page.locator('.note[data-what="forgotten"]').textContent(), "Забыто: 1 запись");
});

test("what was forgotten or only holds from another time is told, without a button that could do nothing", async () => {
  const { page } = await visitor({ locale: "ru-RU" });
  const same = { id: "0n9gt8wcxf1f", text: "Живу в Твери", previous: "Живу в Твери", kind: "fact" };
  const forgotten = [{ id: "0n9gt8wcxf1g", kind: "note" }, { id: "0n9gt8wcxf1h", kind: "fact" }];
  await changeAnswers(page, { changed: [same], forgotten });
  await say(page, "Больше не живу в Твери");
  assert.deepEqual(await page.locator(".note .remembered").allTextContents(), ["Обновлено: Живу в Твери", "Забыто: 2 записи"]);
  assert.equal(await page.locator(".note button").count(), 0);
});

test("taking back what could not be taken back says why, and can be tried again", async () => {
  const { page } = await visitor();
  await say(page, "My name is Anna");
  const refusals = [errorAnswer(507, "storage_full", "No room.")];
  await page.route("**/api/memory/*", (route) => {
    const answer = refusals.shift();
    return answer ? route.fulfill(answer) : route.continue();
  });
  await page.locator(".turn").click();
  await page.locator(".note-problem").waitFor();
  assert.match(await page.locator(".note-problem").textContent(), /no room left/);
  await page.locator(".turn").click();
  await page.locator('.note[data-state="undone"]').waitFor();
  assert.equal(await page.locator(".note-problem").count(), 0);
});

test("an address leads to a message of an earlier conversation, which goes on there", async () => {
  const { page, complaints } = await visitor();
  await say(page, "Something from the first conversation");
  const { sessions: [first] } = await (await page.request.get(`${url}/api/sessions`)).json();
  const id = await messages(page, "user").getAttribute("data-id");
  await page.locator("#new-conversation").click();
  await say(page, "Something from the second conversation");
  await page.evaluate((hash) => { window.location.hash = hash; }, `session=${first.id}&message=${id}`);
  await page.locator(".sought").waitFor();
  assert.equal(await page.locator(".sought .bubble").textContent(), "Something from the first conversation");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.id), id);
  assert.match(await page.locator("#notice").textContent(), /earlier conversation/);
  await say(page, "And another thing");
  assert.equal((await shownTexts(page)).length, 4);
  await page.goto(`${url}/#session=000000000000&message=x`);
  await page.reload();
  await messages(page, "assistant").first().waitFor();
  assert.match(await page.locator("#notice").textContent(), /no longer there/);
  assert.equal((await shownTexts(page)).length, 4);
  // The browser's own words about the conversation that is not there.
  assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
});

test("shift and enter start a new line", async () => {
  const { page } = await visitor();
  await page.locator("#text").pressSequentially("one");
  await page.keyboard.press("Shift+Enter");
  await page.locator("#text").pressSequentially("two");
  await page.keyboard.press("Enter");
  await messages(page, "assistant").first().waitFor();
  assert.equal(await messages(page, "user").locator(".bubble").innerText(), "one\ntwo");
});

test("the first press of tab leads to the message field", async () => {
  const { page } = await visitor({ hasTouch: true, isMobile: true });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip-link");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "text");
});

test("the conversation is there after a reload", async () => {
  const { page, complaints } = await visitor();
  await say(page, "Remember that my parcel shop is in Kazan");
  await say(page, "Where is my parcel shop?");
  const said = await shownTexts(page);
  assert.equal(said.length, 4);
  await page.reload();
  await messages(page, "assistant").nth(1).waitFor();
  assert.deepEqual(await shownTexts(page), said);
  assert.deepEqual(complaints, []);
});

test("a conversation of several pages is loaded whole and in order", async () => {
  const { page } = await visitor();
  for (const text of ["one", "two", "three", "four"]) await say(page, `Message number ${text}`);
  const said = await shownTexts(page);
  let pages = 0;
  await page.route("**/api/sessions/*/messages?*", (route) => {
    pages += 1;
    return route.continue({ url: route.request().url().replace("limit=200", "limit=3") });
  });
  await page.reload();
  await messages(page, "assistant").nth(3).waitFor();
  assert.equal(pages, 3);
  assert.deepEqual(await shownTexts(page), said);
});

test("a new conversation starts empty and is the one shown after a reload", async () => {
  const { page } = await visitor();
  await say(page, "Something from the first conversation");
  await page.locator("#new-conversation").click();
  assert.deepEqual(await shownTexts(page), []);
  await say(page, "Something from the second conversation");
  const said = await shownTexts(page);
  await page.reload();
  await messages(page, "assistant").first().waitFor();
  assert.deepEqual(await shownTexts(page), said);
});

test("a second visitor sees nothing of the first one's conversation", async () => {
  const first = await visitor();
  await say(first.page, "Remember that my secret word is heliotrope");
  const second = await visitor();
  await second.page.locator("#greeting").waitFor();
  assert.deepEqual(await shownTexts(second.page), []);
  assert.doesNotMatch(await say(second.page, "What is my secret word?"), /heliotrope/);
});

test("a Russian browser gets the page in Russian, and the switch overrides it for good", async () => {
  const { page } = await visitor({ locale: "ru-RU" });
  assert.equal(await page.locator("html").getAttribute("lang"), "ru");
  assert.equal(await page.locator("#greeting h2").textContent(), "Здравствуйте! Чем помочь?");
  await say(page, "Меня зовут Анна");
  await say(page, "Запомни, что номер моего заказа 4417");
  assert.match(await page.locator(".remembered").first().textContent(), /^Я запомню: /);
  assert.match(await say(page, "Какой у меня номер заказа?"), /4417/);
  await page.locator('[data-language="en"]').click();
  await page.reload();
  await messages(page, "assistant").first().waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.equal(await page.locator("h1").textContent(), "Assistant");
});

test("a phone of 360 pixels shows everything without scrolling sideways", async () => {
  const { page } = await visitor({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  const isInside = () => page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const list = document.getElementById("scroll");
    const isCut = (bubble) => bubble.scrollWidth > bubble.clientWidth || bubble.getBoundingClientRect().left < 0;
    const isAnyCut = [...document.querySelectorAll(".bubble")].some(isCut);
    return scrollWidth <= clientWidth && list.scrollWidth <= list.clientWidth && !isAnyCut;
  });
  assert.ok(await isInside());
  await say(page, `A long word: ${"donaudampfschiff".repeat(20)}`);
  assert.ok(await isInside());
  await page.locator('[data-language="ru"]').click();
  assert.ok(await isInside());
  const field = await page.locator("#text").boundingBox();
  assert.ok(field.y + field.height <= 640, "the message field is on the screen");
});

test("a message that meets 503 twice is delivered once, under one message_id", async () => {
  const { page } = await visitor();
  const posted = await interceptMessages(page, [noWorker(), noWorker()]);
  await say(page, "Remember that I live in Tver");
  assert.equal(posted.length, 3);
  assert.deepEqual(posted[1], posted[0]);
  assert.deepEqual(posted[2], posted[0]);
  assert.match(posted[0].message_id, /^[A-Za-z0-9._-]{1,64}$/);
  await page.reload();
  await messages(page, "assistant").first().waitFor();
  assert.equal(await messages(page, "user").count(), 1);
});

test("a message whose answer was lost on the way is not said twice", async () => {
  const { page } = await visitor();
  const posted = await interceptMessages(page, ["lose"]);
  await say(page, "Remember that I live in Tver");
  assert.equal(posted.length, 2);
  await page.reload();
  await messages(page, "assistant").first().waitFor();
  assert.equal(await messages(page, "user").count(), 1);
});

test("a message that can't be sent stays, says so, and goes out by its button under the same id", async () => {
  const { page } = await visitor();
  const wait = { "Retry-After": "600" }; // longer than the page waits by itself
  const posted = await interceptMessages(page, [errorAnswer(429, "rate_limited", "Too many requests.", wait)]);
  await page.locator("#text").fill("Is anybody there?");
  await page.keyboard.press("Enter");
  const failed = page.locator('.message[data-state="failed"]');
  await failed.waitFor();
  assert.match(await failed.textContent(), /Not sent.*busy just now/s);
  await failed.locator(".again").click();
  await page.locator('.message[data-state="sent"]').waitFor();
  await messages(page, "assistant").first().waitFor();
  assert.equal(posted[1].message_id, posted[0].message_id);
});

test("a message that is kept to be answered later says so, and the next one joins its session", async () => {
  const { page } = await visitor();
  const pending = { status: "pending", session_id: "session-of-test", message_id: "any" };
  const later = { status: 202, contentType: "application/json", body: JSON.stringify(pending) };
  const posted = await interceptMessages(page, [later, later]);
  for (const text of ["First", "Second"]) {
    await page.locator("#text").fill(text);
    await page.locator("#text").press("Enter");
  }
  await page.locator('.message[data-state="pending"]').nth(1).waitFor();
  assert.match(await page.locator(".message .why").first().textContent(), /Your message is kept/);
  assert.equal(posted[1].session_id, "session-of-test");
});

test("a browser whose cookie the server refuses becomes a new visitor in a new conversation", async () => {
  const { page } = await visitor();
  await say(page, "Hello");
  const refused = errorAnswer(401, "visitor_unknown", "The visitor value is not valid.");
  const posted = await interceptMessages(page, [refused]);
  await say(page, "Hello again");
  assert.equal(posted[0].new_session, undefined);
  assert.equal(posted[1].new_session, true);
  assert.equal(posted[1].session_id, undefined);
  assert.match(await page.locator("#notice").textContent(), /a new one has begun/);
  assert.equal(await page.evaluate(() => localStorage.getItem("arq.talked")), "1");
});

test("a browser that lost its cookie is greeted anew", async () => {
  const { context, page } = await visitor();
  await say(page, "Hello");
  await context.clearCookies();
  await page.reload();
  await page.locator("#greeting").waitFor();
  await say(page, "Hello once more");
  assert.equal(await messages(page, "user").count(), 1);
});

test("earlier messages that can't be loaded are said to be missing, and load by the button", async () => {
  const { page } = await visitor();
  await say(page, "Hello");
  const said = await shownTexts(page);
  const down = [errorAnswer(503, "no_worker", "No worker is ready.", { "Retry-After": "600" })];
  await page.route("**/api/sessions?*", (route) => {
    const answer = down.shift();
    return answer ? route.fulfill(answer) : route.continue();
  });
  await page.reload();
  await page.locator("#notice .again").click();
  await messages(page, "assistant").first().waitFor();
  assert.deepEqual(await shownTexts(page), said);
  assert.equal(await page.locator("#notice").textContent(), "");
});

test("a text like markup is shown as text", async () => {
  const { page, complaints } = await visitor();
  const text = "<img src=x onerror=\"document.title='broken'\"><b>bold</b> &amp;";
  await say(page, text);
  assert.equal(await messages(page, "user").locator(".bubble").textContent(), text);
  assert.equal(await page.locator(".bubble *").count(), 0);
  assert.equal(await page.title(), "Assistant");
  assert.deepEqual(complaints, []);
});

test("an empty message and one that is too long are told before they are sent", async () => {
  const { page } = await visitor();
  const posted = await interceptMessages(page, []);
  await page.locator("#text").fill("   \n ");
  await page.locator("#text").press("Enter");
  assert.match(await page.locator("#problem").textContent(), /write a message/);
  await page.locator("#text").fill("я".repeat(16 * 1024 + 1));
  await page.locator("#text").press("Enter");
  assert.match(await page.locator("#problem").textContent(), /too long: 33 KiB, and at most 32 KiB/);
  assert.equal(posted.length, 0);
  assert.equal(await messages(page, "user").count(), 0);
});

test("every text stands out from its ground, in light and in dark", async () => {
  const { page } = await visitor();
  const assertReadable = async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const measured = await measureContrast(page);
      assert.ok(measured.length > 4);
      assert.deepEqual(measured.filter(({ ratio }) => ratio < 4.5), []);
    }
  };
  await assertReadable();
  await say(page, "Remember that my order number is 4417");
  await interceptMessages(page, [errorAnswer(400, "message_invalid", "No.")]);
  await page.locator("#text").fill("This one is refused");
  await page.locator("#text").press("Enter");
  await page.locator('.message[data-state="failed"]').waitFor();
  await assertReadable();
});

test("an unknown address shows a small page in both languages", async () => {
  const { page } = await visitor();
  const response = await page.goto(`${url}/no/such/page`);
  assert.equal(response.status(), 404);
  assert.match(await page.locator("main").innerText(), /Page not found[\s\S]*Страница не найдена/);
});
