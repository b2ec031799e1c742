// Knows how one message looks: who, when, reply or command header, text, embeds, files, components, marks.
// Must not know the list that it is in.
import { announce } from "./announce.js";
import { post } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { firstWords, renderComponents } from "./components.js";
import { renderAttachment, renderEmbed } from "./embeds.js";
import { openMessageMenu, openUserMenu } from "./menus.js";
import { markdown, rendered } from "./markdown.js";
import { avatar, badge, name } from "./people.js";
import { displayName, emit, guild as guildOf, place, state } from "./state.js";
import { format, stamp } from "./time.js";

const EPHEMERAL = 64;
const LOADING = 128;
const SUPPRESS_EMBEDS = 4;
const SILENT = 4096;
const SYSTEM = { 1: "added somebody", 2: "removed somebody", 4: "changed the channel name", 6: "pinned a message to this channel.", 7: "joined the server. Say hello!", 18: "started a thread:" };

/** @param {string} iso @param {string} style @param {string} [extra] */
export function time(iso, style, extra = "") {
  const at = Date.parse(iso);
  return h("time", { class: `time ${extra}`, datetime: iso, title: format(at, "F"), dataset: { style } }, style === "stamp" ? stamp(at) : format(at, style));
}

/** The name of the command or the message that this one answers. @param {any} message @param {any} guild */
function header(message, guild) {
  const origin = message.interaction_metadata ?? message.interaction;
  if (origin?.user && (message.type === 20 || message.type === 23) && (origin.name || message.interaction?.name)) {
    const command = origin.name ?? message.interaction?.name;
    return h("div", { class: "context" }, avatar(origin.user, "tiny"), name(origin.user, guild), h("span", {}, " used "), h("span", { class: "command-name" }, message.type === 20 ? `/${command}` : command));
  }
  const target = message.referenced_message;
  if (message.type === 19 || target) {
    if (!target) return h("div", { class: "context" }, icon("reply"), h("em", {}, "The message answered was deleted"));
    const text = (target.content || firstWords(target.components) || "Click to see the message").replace(/\s+/g, " ").slice(0, 120);
    return h("div", { class: "context" }, avatar(target.author, "tiny"), name(target.author, guild), h("button", { type: "button", class: "context-text", onclick: () => emit("jump", target.id) }, text));
  }
  return null;
}

/** @param {any} message */
function body(message) {
  const html = rendered(message);
  const flags = message.flags ?? 0;
  if (message.pending) return [h("div", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), "Sending command…")];
  if (message.error) return [h("div", { class: "failed" }, icon("warn"), h("span", {}, message.error))];
  if (flags & LOADING) return [h("div", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${displayName(message.author)} is thinking…`)];
  const edited = message.edited_timestamp && !(flags & LOADING) ? h("span", { class: "edited", title: format(Date.parse(message.edited_timestamp), "F") }, " (edited)") : null;
  const content = message.content ? markdown("div", "content", html.content, message.content) : null;
  if (content && edited) {
    const last = content.lastElementChild;
    (last && /^(P|DIV)$/.test(last.tagName) ? last : content).append(edited);
  }
  return [
    content,
    (message.attachments ?? []).length > 0 && !(flags & 32768) && h("div", { class: "attachments" }, message.attachments.map(renderAttachment)),
    !(flags & SUPPRESS_EMBEDS) && (message.embeds ?? []).map((/** @type {any} */ embed, /** @type {number} */ at) => renderEmbed(embed, html.embeds[at], (iso) => time(iso, "stamp"))),
    (message.components ?? []).length > 0 && h("div", { class: "components" }, renderComponents(message, html.components)),
    !content && edited && h("div", { class: "edited" }, "(edited)"),
    (message.reactions ?? []).length > 0 && h("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map((/** @type {any} */ one) => h("li", {}, h("button", { type: "button", "aria-pressed": String(Boolean(one.me)), onclick: () => react(message, one) }, h("span", { class: "emoji" }, one.emoji?.name ?? "?"), ` ${one.count}`)))),
    message.thread && h("a", { class: "thread-link", href: `#/${state.me.id}/${message.thread.guild_id}/${message.thread.id}` }, icon("thread"), h("strong", {}, message.thread.name), h("span", {}, "Open the thread")),
  ];
}

/** @param {any} message @param {any} reaction */
function react(message, reaction) {
  const path = `/play/channels/${message.channel_id}/messages/${message.id}/reactions`;
  post(path, { as: state.me.id, emoji: reaction.emoji.name, add: !reaction.me }).catch((error) => announce(error.message, true));
}

/** @param {any} message */
function marks(message) {
  return ((message.flags ?? 0) & SILENT) > 0 && h("span", { class: "silent" }, icon("bellOff", "Sent without a notification (@silent)"));
}

/** @param {any} message @param {any} guild */
function systemLine(message, guild) {
  const words = SYSTEM[/** @type {7} */ (message.type)];
  return h("div", { class: "system" }, icon(message.type === 18 ? "thread" : "arrow"), h("p", {}, name(message.author, guild), " ", words, message.type === 18 && ` ${message.content}`, " ", time(message.timestamp, "stamp")));
}

/** @param {any} message */
export function mentionsMe(message) {
  return message.author?.id !== state.me.id && (message.mention_everyone || (message.mentions ?? []).some((/** @type {any} */ one) => one.id === state.me.id));
}

/** @param {any} message @param {any} other the message before */
export function belongsTo(message, other) {
  if (!other || other.author?.id !== message.author?.id || message.local || other.local) return false;
  if (message.type === 19 || message.type === 20 || message.type === 23 || message.referenced_message || SYSTEM[/** @type {7} */ (message.type)] || SYSTEM[/** @type {7} */ (other.type)]) return false;
  if (((message.flags ?? 0) & EPHEMERAL) !== ((other.flags ?? 0) & EPHEMERAL)) return false;
  return Date.parse(message.timestamp) - Date.parse(other.timestamp) < 7 * 60000;
}

/**
 * @param {any} message
 * @param {boolean} grouped the author is already named above
 * @returns {HTMLLIElement}
 */
export function renderMessage(message, grouped) {
  const guild = place(message.channel_id)?.guild ?? guildOf(state.route.guild);
  const author = message.author ?? { id: "0", username: "unknown" };
  const ephemeral = ((message.flags ?? 0) & EPHEMERAL) !== 0;
  const system = SYSTEM[/** @type {7} */ (message.type)];
  const head = header(message, guild);
  /** @param {MouseEvent} event */
  const people = (event) => openUserMenu(author, /** @type {HTMLElement} */ (event.currentTarget), event);
  const authorButton = h("button", { type: "button", class: "author", tabindex: "-1", "aria-haspopup": "menu", onclick: people, oncontextmenu: (/** @type {MouseEvent} */ event) => (event.preventDefault(), event.stopPropagation(), people(event)) }, name(author, guild));
  const item = h(
    "li",
    {
      class: ["message", grouped ? "grouped" : "first", ephemeral && "ephemeral", mentionsMe(message) && "mentioned", message.error && "is-failed"].filter(Boolean).join(" "),
      id: `message-${message.id}`,
      dataset: { id: message.id, key: `message-${message.id}` },
      tabindex: "-1",
      "aria-label": `${displayName(author, guild)}, ${stamp(Date.parse(message.timestamp))}`,
      oncontextmenu: (/** @type {MouseEvent} */ event) => {
        if (/** @type {Element} */ (event.target).closest("a, img") || getSelection()?.toString()) return;
        event.preventDefault();
        openMessageMenu(message, item, event);
      },
    },
    head,
    h("div", { class: "gutter" }, system ? null : grouped ? time(message.timestamp, "t", "hover-time") : avatar(author)),
    h(
      "div",
      { class: "message-main" },
      !grouped && !system && h("div", { class: "message-head" }, authorButton, (author.bot || message.webhook_id) && badge(), time(message.timestamp, "stamp"), marks(message)),
      h("div", { class: "message-body" }, system ? systemLine(message, guild) : body(message)),
      h("div", { class: "component-error", role: "status" }),
      ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only you can see this · ", h("button", { type: "button", class: "linkish", onclick: () => emit("dismiss", message) }, "Dismiss message")),
    ),
    h(
      "div",
      { class: "toolbar" },
      h("button", { type: "button", class: "tool", "aria-label": "Look behind the scenes", title: "Behind the scenes", onclick: () => emit("inspect", message) }, icon("code")),
      h("button", { type: "button", class: "tool more", "aria-label": "More", title: "More", "aria-haspopup": "menu", onclick: (/** @type {MouseEvent} */ event) => openMessageMenu(message, /** @type {HTMLElement} */ (event.currentTarget), null) }, icon("more")),
    ),
  );
  return item;
}

/** What a screen reader hears of a message. @param {any} message @param {HTMLElement} [item] as it is drawn */
export function speech(message, item) {
  const body = /** @type {HTMLElement|null|undefined} */ (item?.querySelector(".message-body"));
  const text = body?.innerText ?? message.content ?? "";
  return `${displayName(message.author, place(message.channel_id)?.guild)}${((message.flags ?? 0) & EPHEMERAL) !== 0 ? " (only you can see this)" : ""}: ${text}`;
}
