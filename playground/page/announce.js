// Knows how to say something: to screen readers in the live region, and as a short note on the page.
// Must not know who has something to say.
import { byId, h } from "./dom.js";

/** @param {string} text @param {boolean} [visible] also as a note that everybody sees */
export function announce(text, visible = false) {
  const live = byId("live");
  const again = live.lastElementChild;
  if (again?.textContent === text && Date.now() - Number(again.dataset.at) < 3000) return;
  live.append(h("p", { dataset: { at: Date.now() } }, text.replace(/\s+/g, " ").trim().slice(0, 400)));
  while (live.childElementCount > 8) live.firstElementChild.remove();
  if (visible) note(text);
}

/** What one person heard is not for the next. */
export const hush = () => byId("live").replaceChildren();

/** @param {string} text */
function note(text) {
  document.querySelector(".note")?.remove();
  const element = h("div", { class: "note" }, h("span", {}, text), h("button", { type: "button", class: "plain", onclick: () => element.remove() }, "Close"));
  byId("layer").append(element);
  setTimeout(() => element.remove(), 8000);
}
