// Knows menus: of a message, of a person; their commands come from the bots.
// Must not know how messages are stored.
import { del, post } from "./api.js";
import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { runContext } from "./interactions.js";
import { popup } from "./popup.js";
import { openDm } from "./channels.js";
import { announce } from "./announce.js";
import { commandsHere, emit, locale, may, place, state } from "./state.js";

/** @typedef {{label: string, icon?: string, run?: () => void, title?: boolean, danger?: boolean}} Item */

/**
 * @param {Item[]} items
 * @param {HTMLElement} anchor gets the focus back
 * @param {MouseEvent|null} event with coordinates: a right click
 * @param {string} label
 */
export function openMenu(items, anchor, event, label) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" });
  /** @type {(chosen?: boolean) => void} */
  let close = () => {};
  for (const item of items) {
    if (item.title) {
      menu.append(h("div", { class: "menu-title", role: "presentation" }, item.label));
      continue;
    }
    menu.append(
      h(
        "button",
        {
          class: `menu-item ${item.danger ? "danger-text" : ""}`,
          type: "button",
          role: "menuitem",
          tabindex: "-1",
          onclick: () => {
            close(true);
            item.run?.();
          },
          onpointerenter: (/** @type {any} */ e) => e.currentTarget.focus({ preventScroll: true }),
        },
        h("span", {}, item.label),
        item.icon && icon(item.icon),
      ),
    );
  }
  const entries = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role="menuitem"]')]);
  let typed = "";
  let typedAt = 0;
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[e.key];
    if (next !== undefined) entries.at(next % entries.length)?.focus();
    else if (e.key === "Escape" || e.key === "Tab") close();
    else if (e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey) {
      typed = e.timeStamp - typedAt < 700 ? typed + e.key : e.key;
      typedAt = e.timeStamp;
      entries.find((entry) => entry.textContent?.toLowerCase().startsWith(typed.toLowerCase()))?.focus();
    } else return;
    if (e.key !== "Enter") {
      e.preventDefault();
      e.stopPropagation();
    }
  });
  const pointed = event && (event.clientX || event.clientY) ? { x: event.clientX, y: event.clientY } : anchor;
  anchor.setAttribute("aria-expanded", "true");
  close = popup(menu, pointed, {
    onclose: (chosen) => {
      // First the focus: a tool bar that is no longer expanded may hide.
      if (anchor.isConnected && !(chosen && document.activeElement && document.activeElement !== document.body)) anchor.focus({ preventScroll: true });
      anchor.removeAttribute("aria-expanded");
    },
  });
  entries[0]?.focus();
}

/** @param {any} command */
const labelOf = (command) => command.name_localizations?.[locale()] ?? command.name;

/** @param {string} text @param {string} what */
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied.`);
  } catch {
    announce("The browser did not allow copying.");
  }
}

const REACTIONS = [["👍", "thumbs up"], ["❤️", "heart"], ["🎉", "celebration"], ["👀", "eyes"], ["🤔", "thinking"], ["📄", "paper"]];

/** @param {any} message @param {HTMLElement} anchor @param {MouseEvent|null} event */
function openReactions(message, anchor, event) {
  const react = (/** @type {string} */ emoji) => post(`/play/channels/${message.channel_id}/messages/${message.id}/reactions`, { as: state.me.id, emoji, add: true }).catch((error) => announce(error.message, true));
  openMenu(REACTIONS.map(([emoji, label]) => ({ label: `${emoji} ${label}`, run: () => react(emoji) })), anchor, event, "Reactions");
}

/** @param {any} message @param {HTMLElement} anchor @param {MouseEvent|null} event */
export function openMessageMenu(message, anchor, event) {
  /** @type {Item[]} */
  const items = [];
  const real = !message.local;
  const found = place(message.channel_id);
  const ephemeral = (message.flags & 64) !== 0;
  if (real && !ephemeral) {
    const apps = commandsHere(3);
    if (apps.length) items.push({ label: "Apps", title: true });
    for (const command of apps) items.push({ label: labelOf(command), icon: "spark", run: () => runContext(command, message.channel_id, message.id) });
    items.push({ label: "Message", title: true });
  }
  if (real && !ephemeral) items.push({ label: "Reply", icon: "reply", run: () => emit("reply", message) });
  if (real && !ephemeral) items.push({ label: "Add a reaction", icon: "spark", run: () => openReactions(message, anchor, event) });
  if (real && !ephemeral && message.author.id === state.me.id) items.push({ label: "Edit message", icon: "code", run: () => emit("edit", message) });
  items.push({ label: "Copy text", icon: "file", run: () => copy(message.content || byId(`message-${message.id}`)?.querySelector(".message-body")?.innerText || "", "Text") });
  items.push({ label: "Copy message ID", icon: "hash", run: () => copy(message.id, "Message ID") });
  items.push({ label: "Mention the author", icon: "at", run: () => emit("compose", `<@${message.author.id}> `) });
  items.push({ label: "Look behind the scenes", icon: "code", run: () => emit("inspect", message) });
  if (real && !ephemeral && (message.author.id === state.me.id || (found?.guild && may(found.channel, "moderate")))) items.push({ label: "Delete message", icon: "close", danger: true, run: () => del(`/play/channels/${message.channel_id}/messages/${message.id}`, { as: state.me.id }).catch((error) => announce(error.message, true)) });
  if (ephemeral) items.push({ label: "Dismiss message", icon: "close", run: () => emit("dismiss", message) });
  openMenu(items, anchor, event, "Message");
}

/** @param {any} person @param {HTMLElement} anchor @param {MouseEvent|null} event */
export function openUserMenu(person, anchor, event) {
  /** @type {Item[]} */
  const items = [];
  const channel = state.route.channel;
  const found = place(channel);
  const apps = channel && may(found?.channel, "view") ? commandsHere(2) : [];
  if (apps.length) items.push({ label: "Apps", title: true });
  for (const command of apps) items.push({ label: labelOf(command), icon: "spark", run: () => runContext(command, /** @type {string} */ (channel), person.id) });
  items.push({ label: person.bot ? `${person.username} (app)` : person.username, title: true });
  if (person.id !== state.me.id) items.push({ label: "Message", icon: "home", run: () => openDm(person.id).catch((error) => announce(error.message, true)) });
  items.push({ label: "Mention", icon: "at", run: () => emit("compose", `<@${person.id}> `) });
  items.push({ label: "Copy user ID", icon: "hash", run: () => copy(person.id, "User ID") });
  openMenu(items, anchor, event, `Actions for ${person.username}`);
}
