// Knows where the server put the rendered Markdown of a message, and brings it to life: times, spoilers, mentions, links.
// Must not parse Markdown: HTML comes from the server, everything else is text.
import { h, trusted } from "./dom.js";
import { emit } from "./state.js";
import { localise } from "./time.js";

/**
 * An element with rendered Markdown; plain text where the server has rendered nothing.
 * @param {string} tag @param {string} className @param {string|null|undefined} html @param {string|null|undefined} text
 * @returns {HTMLElement}
 */
export function markdown(tag, className, html, text) {
  const element = h(tag, { class: `markdown ${className}` });
  if (typeof html === "string") trusted(element, html);
  else element.textContent = text ?? "";
  enliven(element);
  return element;
}

/** @param {HTMLElement} root */
function enliven(root) {
  localise(root);
  for (const link of root.querySelectorAll("a[href]")) {
    if (/^https?:/i.test(link.getAttribute("href") ?? "")) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
    }
  }
  for (const spoiler of root.querySelectorAll(".spoiler")) {
    spoiler.setAttribute("role", "button");
    spoiler.setAttribute("tabindex", "0");
    spoiler.setAttribute("aria-label", "Spoiler, press to show");
    spoiler.setAttribute("aria-expanded", "false");
    const show = () => {
      spoiler.classList.add("shown");
      for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) spoiler.removeAttribute(name);
    };
    spoiler.addEventListener("click", show);
    spoiler.addEventListener("keydown", (event) => ["Enter", " "].includes(/** @type {KeyboardEvent} */ (event).key) && (event.preventDefault(), show()));
  }
  for (const mention of root.querySelectorAll(".mention[data-kind]")) {
    if (!["user", "channel", "command"].includes(mention.getAttribute("data-kind") ?? "")) continue;
    mention.setAttribute("role", "button");
    mention.setAttribute("tabindex", "0");
    const act = () => emit("mention", { kind: mention.getAttribute("data-kind"), id: mention.getAttribute("data-id"), text: mention.textContent, element: mention });
    mention.addEventListener("click", act);
    mention.addEventListener("keydown", (event) => /** @type {KeyboardEvent} */ (event).key === "Enter" && act());
  }
  for (const block of root.querySelectorAll("pre")) {
    block.setAttribute("tabindex", "0");
    block.setAttribute("role", "group");
    block.setAttribute("aria-label", "Code");
  }
}

/** The rendered parts of a message, whatever is missing. @param {any} message */
export function rendered(message) {
  const html = message.html ?? {};
  const content = typeof html === "string" ? html : html.content;
  const embeds = typeof html === "string" ? [] : (html.embeds ?? []);
  const components = typeof html === "string" ? {} : (html.components ?? {});
  return { content, embeds, components };
}
