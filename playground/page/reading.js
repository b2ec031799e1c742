// Knows what of the open conversation was read: marks it, and draws the line above what is new.
// Must not know how messages are loaded or look.
import { post } from "./api.js";
import { h } from "./dom.js";
import { emit, place, state } from "./state.js";

/** The last message that was read when this conversation was opened; null: nothing was new. @type {string|null} */
let mark = null;

/** A conversation is opened: what is new in it stays marked until it is left or answered. */
export function beginReading() {
  const channel = place(state.route.channel)?.channel;
  mark = channel?.unread ? (channel.last_read ?? "0") : null;
}

/** The line goes: somebody who writes has read. */
export const forgetNew = () => (mark = null);

/** The first message that is new. @param {any[]} messages oldest first */
export function firstNew(messages) {
  const line = mark;
  if (line === null) return null;
  return messages.find((one) => !one.local && BigInt(one.id) > BigInt(line) && one.author.id !== state.me.id) ?? null;
}

/** The line between days, or above what is new, or both in one. @param {string} day @param {boolean} isNew */
export const divider = (day, isNew) => h("li", { class: isNew ? "day new" : "day" }, day && h("span", {}, day), isNew && h("strong", {}, "New"));

/** @type {ReturnType<typeof setTimeout>|undefined} */
let waiting;

/** The reader saw the end of the open conversation. */
export function markRead() {
  const found = place(state.route.channel);
  if (!found || document.hidden) return;
  clearTimeout(waiting);
  const seen = { as: state.me.id, message: found.channel.last_message_id }; // what comes while this waits is not read by it
  waiting = setTimeout(() => post(`/play/channels/${found.channel.id}/read`, seen).catch(() => {}), 150);
  if (!found.channel.unread && !found.channel.mentions) return;
  Object.assign(found.channel, { unread: false, mentions: 0, last_read: found.channel.last_message_id });
  emit("state");
}
