// Knows what stands above the first message: what this place is and what a newcomer does next.
// Must not know messages.
import { kindIcon } from "./channels.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, online } from "./people.js";
import { posts } from "./posts.js";
import { channelName, displayName, emit, others, place, state } from "./state.js";

/** What to do, as long as there is nothing to read. @param {boolean} empty @param {boolean} direct */
function hint(empty, direct) {
  const asleep = state.bots.filter((bot) => !bot.online);
  return h(
    "div",
    { class: "hints" },
    h("button", { type: "button", class: "hint", onclick: () => emit("compose", "/") }, h("span", { class: "hint-key", "aria-hidden": "true" }, "/"), h("span", {}, h("strong", {}, "Type / to see what the bot can do"), h("span", { class: "muted" }, "Then the arrow keys and Enter. Every command says what it does."))),
    asleep.length > 0 && asleep.length === state.bots.length && h("p", { class: "hint plain-hint" }, h("span", { class: "hint-key warn" }, icon("clock")), h("span", {}, h("strong", {}, `${asleep[0].name} is not connected yet`), h("span", { class: "muted" }, "It appears here as soon as it runs; no reload is needed."))),
    empty && !direct && state.bots[0] && h("p", { class: "hint plain-hint" }, h("span", { class: "hint-key" }, icon("home")), h("span", {}, h("strong", {}, "Some answers come as a direct message"), h("span", { class: "muted" }, "They are at the very top left, with a mark when something is new."))),
  );
}

/** @param {boolean} empty */
export function intro(empty) {
  const found = place(state.route.channel);
  if (!found) {
    return h(
      "div",
      { class: "intro lonely" },
      h("div", { class: "intro-icon" }, icon("home")),
      h("h2", {}, state.guilds.length || state.dms.length ? "Choose a conversation" : "You share no server with a bot"),
      h("p", { class: "muted" }, state.guilds.length || state.dms.length ? "On the left are your servers, channels and direct messages." : "You can still start a direct message on the left, or be somebody else: press your name at the bottom left."),
    );
  }
  const { channel, guild } = found;
  if (!guild) {
    const other = others(channel)[0] ?? state.me;
    return h("div", { class: "intro" }, avatar(other, "huge"), h("h2", {}, channelName(channel)), h("p", { class: "muted" }, `This is the beginning of your direct messages with ${channelName(channel)}.`, other.bot && !online(other) ? " The bot is offline at the moment." : ""), empty && other.bot && hint(empty, true));
  }
  const thread = [10, 11, 12].includes(channel.type);
  const title = thread || [15, 16].includes(channel.type) ? channel.name : `Welcome to #${channel.name}!`;
  return h(
    "div",
    { class: "intro" },
    h("div", { class: "intro-icon" }, kindIcon(channel)),
    h("h2", {}, title),
    h("p", { class: "muted" }, [15, 16].includes(channel.type) ? channel.topic || "A forum: every post is a thread of its own." : thread ? `A thread started by ${displayName(state.users.get(channel.owner_id) ?? { username: "somebody" }, guild)}.` : channel.topic || `This is the start of the #${channel.name} channel.`),
    [15, 16].includes(channel.type) ? posts(channel) : (empty || channel.name === "general") && !thread && hint(empty, false),
  );
}
