// SPDX-License-Identifier: MIT
// Puts the page of memories together: language, client, state, view.

import { Client } from "./client.js";
import { Knowledge } from "./knowledge.js";
import { MemoryPage } from "./memory_page.js";
import { MEMORY_STRINGS } from "./memory_strings.js";
import { followLanguage, storage } from "./page.js";
import { UserData } from "./user_data.js";
import { Visitor } from "./visitor.js";

const strings = followLanguage((chosen) => {
  page.setStrings(chosen);
  data.setStrings(chosen);
}, MEMORY_STRINGS);

const client = new Client();
const page = new MemoryPage({ strings });
const knowledge = new Knowledge({
  client,
  visitor: new Visitor({ client, storage }),
  listener: (event, item) => page.update(event, item),
});
const data = new UserData({ strings, knowledge });

page.attach(knowledge);
page.draw();
knowledge.load();
window.addEventListener("pagehide", () => knowledge.forgetLeaving());
// A page that the browser kept and shows again may tell what is no longer so.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) knowledge.load(knowledge.query);
});
