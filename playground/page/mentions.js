// Knows the people that "@" in the message box may mean, and puts the chosen one in.
// Must not know how suggestions are shown.
import { h } from "./dom.js";
import { avatar } from "./people.js";
import { displayName, others, place, state, user } from "./state.js";

const MOST = 8;

/** Everybody in the open conversation. */
function people() {
  const found = place(state.route.channel);
  if (!found) return [];
  if (!found.guild) return others(found.channel);
  return (found.guild.members ?? []).map((/** @type {any} */ one) => user(one.user?.id ?? one.user_id));
}

/**
 * The people whose name begins with what stands between "@" and the cursor.
 * @param {HTMLTextAreaElement} box
 * @returns {{row: Node[], pick: () => void}[]}
 */
export function mentioned(box) {
  const at = box.selectionStart;
  const typed = /(?:^|\s)@([\p{L}\p{N}_.]*)$/u.exec(box.value.slice(0, at));
  if (!typed) return [];
  const wanted = typed[1].toLowerCase();
  const guild = place(state.route.channel)?.guild;
  const fits = (/** @type {any} */ one) => [one.username, ...displayName(one, guild).split(" ")].some((name) => name.toLowerCase().startsWith(wanted));
  return people().filter(fits).slice(0, MOST).map((/** @type {any} */ one) => ({
    row: [avatar(one, "small"), h("span", { class: "suggestion-text" }, h("span", { class: "suggestion-name" }, displayName(one, guild))), h("span", { class: "suggestion-source" }, one.username)],
    pick: () => box.setRangeText(`<@${one.id}> `, at - typed[1].length - 1, at, "end"),
  }));
}
