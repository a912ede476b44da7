// SPDX-License-Identifier: MIT
// The browser and the steps that tests and screenshots share. Settings from the environment:
//   ARQ_URL   where ARQ runs, for example http://127.0.0.1:8080
//   CHROMIUM  the browser's program (default /usr/bin/chromium, Debian's)

import { chromium } from "playwright-core";

export const url = (process.env.ARQ_URL ?? "").replace(/\/$/, "");
if (url === "") throw new Error("Set ARQ_URL to the address of a running ARQ, for example http://127.0.0.1:8080");

const isRoot = process.getuid?.() === 0;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    chromiumSandbox: !isRoot, // Chromium refuses to run as root inside its sandbox
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// A visitor with cookies of their own. `complaints` collects everything that the browser finds wrong: console
// errors (a failed request is one), uncaught exceptions and violations of the Content-Security-Policy.
export async function visit(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${url}/`);
  await page.waitForLoadState("networkidle");
  return { context, page, complaints };
}

export const messages = (page, role) => page.locator(`.message[data-role="${role}"]`);

// Writes and sends by keyboard alone, then waits for the answer below it. Gives the answer's text.
export async function say(page, text) {
  const answers = messages(page, "assistant");
  const before = await answers.count();
  await page.locator("#text").focus();
  await page.keyboard.insertText(text);
  await page.keyboard.press("Enter");
  await answers.nth(before).waitFor();
  return answers.nth(before).locator(".bubble").textContent();
}

// What the server knows of the page's visitor, the newest first.
export async function known(page) {
  const response = await page.request.get(`${url}/api/memory?limit=200`);
  return (await response.json()).memories;
}

export const knownTexts = async (page) => (await known(page)).map((memory) => memory.text);

// Answers for routes that are intercepted.
export const errorAnswer = (status, code, message, headers = {}) => ({
  status,
  headers,
  contentType: "application/json",
  body: JSON.stringify({ error: { message, type: "server_error", code, param: null, request_id: "test" } }),
});

export const noWorker = () => errorAnswer(503, "no_worker", "No worker is ready.", { "Retry-After": "0" });
