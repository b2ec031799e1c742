// Knows the select of Discord: a button that opens a list of options, one or several, by mouse or keyboard.
// Must not know whether it stands in a message or in a form.
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { kindIcon, visible } from "./channels.js";
import { avatar } from "./people.js";
import { closePopup, popup } from "./popup.js";
import { channelName, displayName, place, state } from "./state.js";

/** @typedef {{label: string, value: string, description?: string, emoji?: any, mark?: Node, default?: boolean}} Option */

/** Emoji of a component; our own server has no pictures of custom ones, so those are named. @param {any} emoji */
export function emojiOf(emoji) {
  if (!emoji?.name) return null;
  return emoji.id ? h("span", { class: "emoji named" }, `:${emoji.name}:`) : h("span", { class: "emoji", "aria-hidden": "true" }, emoji.name);
}

/**
 * What can be chosen: written by the bot (3) or people (5), roles (6), both (7), channels (8) of this server.
 * @param {any} component @param {string|null} channelId
 * @returns {Option[]}
 */
export function optionsOf(component, channelId) {
  if (component.type === 3) return component.options ?? [];
  const found = place(channelId);
  const guild = found?.guild;
  const chosen = new Set((component.default_values ?? []).map((/** @type {any} */ one) => one.id));
  /** @type {Option[]} */
  const result = [];
  if ([5, 7].includes(component.type)) {
    const people = guild ? (guild.members ?? []).map((/** @type {any} */ one) => state.users.get(one.user?.id ?? one.user_id) ?? one.user) : [...state.users.values()];
    for (const one of people) result.push({ label: displayName(one, guild), description: one.username, value: one.id, mark: avatar(one, "small") });
  }
  if ([6, 7].includes(component.type)) for (const role of guild?.roles ?? []) result.push({ label: role.id === guild.id ? "@everyone" : `@${role.name}`, value: role.id, mark: icon("people") });
  if (component.type === 8) {
    const types = component.channel_types ?? [];
    for (const one of guild ? visible(guild) : []) if (!types.length || types.includes(one.type)) result.push({ label: channelName(one), value: one.id, mark: kindIcon(one) });
  }
  return result.map((option) => ({ ...option, default: chosen.has(option.value) }));
}

/** @param {Option} option @param {string} id @param {boolean} multiple */
function line(option, id, multiple) {
  return h(
    "li",
    { class: "option", role: "option", id, "aria-selected": "false", dataset: { value: option.value } },
    option.mark ? option.mark.cloneNode(true) : emojiOf(option.emoji),
    h("span", { class: "option-text" }, h("span", { class: "option-label" }, option.label), option.description && h("span", { class: "option-description" }, option.description)),
    h("span", { class: multiple ? "tick box" : "tick", "aria-hidden": "true" }, icon("check")),
  );
}

/**
 * @param {any} component Discord's select
 * @param {string|null} channelId
 * @param {(values: string[]) => any} choose called when the choice is made
 * @param {{label?: string, describedby?: string|null}} [names]
 * @returns {{element: HTMLElement, values: () => string[], button: HTMLButtonElement}}
 */
export function select(component, channelId, choose, names = {}) {
  const options = optionsOf(component, channelId);
  const most = Math.min(component.max_values ?? 1, options.length || 1);
  const least = component.min_values ?? 1;
  const multiple = most > 1;
  let values = options.filter((option) => option.default).map((option) => option.value);
  const text = h("span", { class: "select-text" });
  const listId = uid("list");
  const button = h("button", { class: "select", type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": listId, disabled: component.disabled, "aria-describedby": names.describedby, dataset: { customId: component.custom_id } }, text, icon("down"));
  const show = () => {
    const chosen = options.filter((option) => values.includes(option.value));
    const placeholder = component.placeholder || "Make a selection";
    text.replaceChildren(...(chosen.length ? chosen.map((option) => h("span", { class: multiple ? "chip" : "" }, emojiOf(option.emoji), option.label)) : [h("span", { class: "placeholder" }, placeholder)]));
    const spoken = chosen.length ? chosen.map((option) => option.label).join(" ") : placeholder;
    const label = names.label ?? placeholder;
    button.setAttribute("aria-label", label === spoken ? label : `${label}: ${spoken}`);
  };
  show();

  function open() {
    const before = values.join("\n");
    const list = h("ul", { class: "options", role: "listbox", id: listId, "aria-label": names.label ?? component.placeholder ?? "Options", "aria-multiselectable": multiple ? "true" : null });
    const lines = options.map((option) => line(option, uid("option"), multiple));
    list.append(...(lines.length ? lines : [h("li", { class: "option-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing to choose")]));
    let active = Math.max(0, options.findIndex((option) => values.includes(option.value)));
    const mark = () => {
      for (const [at, element] of lines.entries()) {
        element.setAttribute("aria-selected", String(values.includes(options[at].value)));
        element.classList.toggle("active", at === active);
      }
      if (lines[active]) {
        button.setAttribute("aria-activedescendant", lines[active].id);
        lines[active].scrollIntoView({ block: "nearest" });
      }
    };
    /** @type {(chosen?: boolean) => void} */
    let close = () => {};
    const toggle = (/** @type {number} */ at) => {
      if (!options[at]) return;
      const { value } = options[at];
      if (!multiple) {
        values = values.includes(value) && least === 0 ? [] : [value];
        close(true);
        return;
      }
      values = values.includes(value) ? values.filter((one) => one !== value) : values.length < most ? [...values, value] : values;
      mark();
      show();
    };
    for (const [at, element] of lines.entries()) {
      element.addEventListener("pointermove", () => at !== active && ((active = at), mark()));
      element.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault());
      element.addEventListener("click", () => toggle(at));
    }
    const keys = (/** @type {KeyboardEvent} */ event) => {
      const next = { ArrowDown: Math.min(lines.length - 1, active + 1), ArrowUp: Math.max(0, active - 1), Home: 0, End: lines.length - 1 }[event.key];
      if (next !== undefined) (active = next), mark();
      else if (event.key === "Enter" || event.key === " ") toggle(active);
      else if (event.key === "Escape") close();
      else if (event.key === "Tab") return close(multiple);
      else if (event.key.length === 1) {
        const at = options.findIndex((option) => option.label.replace(/^@/, "").toLowerCase().startsWith(event.key.toLowerCase()));
        if (at >= 0) (active = at), mark();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    button.addEventListener("keydown", keys);
    button.setAttribute("aria-expanded", "true");
    close = popup(list, button, {
      match: true,
      onclose: (chosen) => {
        button.removeEventListener("keydown", keys);
        button.setAttribute("aria-expanded", "false");
        button.removeAttribute("aria-activedescendant");
        const changed = values.join("\n") !== before;
        if (values.length < least) values = before ? before.split("\n") : [];
        show();
        if (multiple ? changed && values.length >= least : chosen) choose(values);
      },
    });
    mark();
  }
  button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? closePopup() : open()));
  button.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (button.getAttribute("aria-expanded") === "true" || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    open();
  });
  return { element: h("div", { class: "select-box" }, button), values: () => values, button };
}
