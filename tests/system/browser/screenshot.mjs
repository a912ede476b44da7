// SPDX-License-Identifier: MIT
// Pictures of the pages of a running ARQ (ARQ_URL).
//   node screenshot.mjs FILE.png                        the one in the README: a short conversation
//   ARQ_SCREENSHOTS=FOLDER node screenshot.mjs          every language, size and colour scheme, to look at

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, say, url, visit } from "./browser.mjs";

const conversations = {
  "en-GB": [
    "My name is Anna",
    "Remember that I prefer delivery after 6 pm",
    "When do I prefer delivery?",
  ],
  "ru-RU": [
    "Меня зовут Анна",
    "Запомни, что мне удобна доставка после 18 часов",
    "Когда мне удобна доставка?",
  ],
};
const sizes = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};

async function takeOne(browser, file) {
  const { context, page } = await visit(browser, { viewport: { width: 1120, height: 800 } });
  for (const text of conversations["en-GB"]) await say(page, text);
  await page.screenshot({ path: file });
  await context.close();
}

async function takeAll(browser, folder) {
  await mkdir(folder, { recursive: true });
  for (const locale of Object.keys(conversations)) {
    for (const size of Object.keys(sizes)) {
      const { context, page } = await visit(browser, { ...sizes[size], locale });
      const take = async (what, options = {}) => {
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          const path = join(folder, `${what}-${size}-${locale.slice(0, 2)}-${colorScheme}.png`);
          await page.screenshot({ path, ...options });
        }
      };
      await take("greeting");
      for (const text of conversations[locale]) await say(page, text);
      await take("conversation");
      await page.goto(`${url}/memory.html`);
      await page.locator(".memory-text").first().waitFor();
      await take("memory", { fullPage: true });
      await context.close();
    }
  }
}

const file = process.argv[2];
const folder = process.env.ARQ_SCREENSHOTS;
if (!file && !folder) throw new Error("Name a file for one picture, or set ARQ_SCREENSHOTS to a folder for all.");
const browser = await launch();
try {
  if (file) await takeOne(browser, file);
  else await takeAll(browser, folder);
} finally {
  await browser.close();
}
