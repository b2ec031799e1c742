// Knows Discord's message components, legacy rows and Components V2, as accessible elements.
// Must not know forms (modal.js) or how an answer looks.
import { h, webUrl } from "./dom.js";
import { icon } from "./icons.js";
import { picture, renderAttachment } from "./embeds.js";
import { useComponent } from "./interactions.js";
import { markdown } from "./markdown.js";
import { emojiOf, select } from "./select.js";

const STYLES = ["", "primary", "secondary", "success", "danger", "link", "premium"];

/** @typedef {{message: any, html: any, path: (string|number)[]}} Context */

/** The same place keeps the focus when the message is edited. @param {Context} context */
const keyOf = ({ message, path }) => `c-${message.id}-${path.join(".")}`;

/** @param {any} component @param {Context} context */
function button(component, context) {
  const content = [emojiOf(component.emoji), component.label && h("span", {}, component.label)];
  const spoken = component.label ? null : (component.emoji?.name ?? component.custom_id);
  if (component.style === 5) {
    const url = webUrl(component.url);
    if (url && !component.disabled) return h("a", { class: "button link", href: url, target: "_blank", rel: "noopener noreferrer nofollow", "aria-label": spoken }, content, icon("external"));
    return h("button", { class: "button link", type: "button", disabled: true, "aria-label": spoken }, content, icon("external"));
  }
  const element = h(
    "button",
    {
      class: `button ${STYLES[component.style] ?? "secondary"}`,
      type: "button",
      disabled: component.disabled || context.message.local,
      "aria-label": spoken,
      dataset: { customId: component.custom_id ?? "", key: keyOf(context) },
      onclick: () => busy(element, (free) => useComponent(context.message, component, undefined, free)),
    },
    content,
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
  );
  return element;
}

/** While the bot is asked, a second click does nothing. @param {HTMLElement} element @param {(free: () => void) => Promise<any>} call */
async function busy(element, call) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  const free = () => element.removeAttribute("aria-busy");
  try {
    await call(free);
  } finally {
    free();
  }
}

/** @param {any} component @param {Context} context */
function messageSelect(component, context) {
  const made = select(component, context.message.channel_id, (values) => busy(made.button, (free) => useComponent(context.message, component, values, free)));
  made.button.dataset.key = keyOf(context);
  return made.element;
}

/** The rendered Markdown of a text display, which the server keeps by its path: an id would be taken for one. @param {any} component @param {Context} context */
function htmlOf(component, context) {
  const { html, path } = context;
  return component.html ?? html?.[path.join(".")];
}

/** @param {any[]} list @param {Context} context @returns {any[]} */
const each = (list, context) => (list ?? []).map((child, at) => render(child, { ...context, path: [...context.path, at] }));

/** @param {any} component @param {Context} context */
function container(component, context) {
  const color = component.accent_color ?? null; // 0 is black
  const element = h("div", { class: `container ${color === null ? "" : "accent"} ${component.spoiler ? "spoilered" : ""}`, role: "group", "aria-label": "Card" }, each(component.components, context));
  if (color !== null) element.style.setProperty("--bar", `#${color.toString(16).padStart(6, "0")}`);
  return element;
}

/** @param {any} component @param {Context} context @returns {Node|null} */
export function render(component, context) {
  switch (component.type) {
    case 1:
      return h("div", { class: "action-row" }, each(component.components, context));
    case 2:
      return button(component, context);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return messageSelect(component, context);
    case 9:
      return h("div", { class: "section" }, h("div", { class: "section-text" }, each(component.components, context)), component.accessory && h("div", { class: "section-accessory" }, render(component.accessory, { ...context, path: [...context.path, "accessory"] })));
    case 10:
      return markdown("div", "text-display", htmlOf(component, context), component.content);
    case 11:
      return picture({ ...component.media, description: component.description }, `thumbnail ${component.spoiler ? "spoilered" : ""}`);
    case 12:
      return h("div", { class: `gallery gallery-${Math.min(component.items?.length ?? 1, 4)}` }, (component.items ?? []).map((/** @type {any} */ item) => picture({ ...item.media, description: item.description }, item.spoiler ? "spoilered" : "")));
    case 13: {
      const attachment = (context.message.attachments ?? []).find((/** @type {any} */ one) => component.file?.url?.endsWith(one.filename));
      return renderAttachment(attachment ?? { filename: component.name ?? component.file?.url?.split("/").pop() ?? "file", url: component.file?.url, size: component.size });
    }
    case 14:
      return h("hr", { class: `separator ${component.divider === false ? "blank" : ""} ${component.spacing === 2 ? "wide" : ""}` });
    case 17:
      return container(component, context);
    default:
      return h("div", { class: "muted small" }, `Component of type ${component.type}: this page cannot show it.`);
  }
}

/** The first words among components, for a quote. @param {any[]} list @returns {string} */
export function firstWords(list) {
  for (const one of list ?? []) {
    const found = one.type === 10 ? one.content : firstWords(one.components);
    if (found) return found;
  }
  return "";
}

/** All components of a message. @param {any} message @param {any} html */
export function renderComponents(message, html) {
  return each(message.components ?? [], { message, html, path: [] });
}
