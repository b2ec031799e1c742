// Knows the left side: server rail, channel list with threads and unread marks, direct messages.
// Must not know messages; a choice is a change of the address (#/person/server/channel).
import { post } from "./api.js";
import { byId, h, replaceChanged } from "./dom.js";
import { icon } from "./icons.js";
import { roving } from "./keys.js";
import { avatar, presence, tint } from "./people.js";
import { channelName, displayName, guild, may, on, others, place, state } from "./state.js";

const KINDS = { 0: "hash", 1: "at", 2: "voice", 3: "at", 5: "megaphone", 10: "thread", 11: "thread", 12: "thread", 13: "voice", 15: "forum", 16: "forum" };

/** @param {any} channel */
export const kindIcon = (channel) => icon(KINDS[/** @type {0} */ (channel.type)] ?? "hash");

/** @param {string} server @param {string|null} [channel] */
export const address = (server, channel) => `#/${state.me.id}/${server}${channel ? `/${channel}` : ""}`;

/** @param {string} server @param {string|null} [channel] */
export function go(server, channel) {
  location.hash = address(server, channel);
}

/** Opens a channel wherever it is. @param {string} id */
export function open(id) {
  const found = place(id);
  if (found) go(found.guild?.id ?? "@me", id);
}

/** @param {any} channel */
const mentions = (channel) => channel.mentions ?? channel.mention_count ?? 0;
/** @param {any} channel */
export const unread = (channel) => Boolean(channel.unread);

/** The channels that a person may see, in Discord's order. @param {any} server */
export function visible(server) {
  return (server?.channels ?? []).filter((/** @type {any} */ channel) => may(channel, "view")).sort((/** @type {any} */ a, /** @type {any} */ b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

/** @param {any} server @param {any} channel @param {string} [extra] */
function row(server, channel, extra = "") {
  const current = state.route.channel === channel.id;
  const fresh = unread(channel) && !current;
  const count = mentions(channel);
  const dm = server ? null : others(channel)[0];
  return h(
    "li",
    { class: `channel-item ${extra}` },
    h(
      "a",
      {
        class: `channel ${fresh ? "unread" : ""}`,
        href: address(server?.id ?? "@me", channel.id),
        "aria-current": current ? "page" : null,
        dataset: { key: `channel-${channel.id}`, channel: channel.id },
      },
      dm ? presence(dm) : kindIcon(channel),
      h("span", { class: "channel-name" }, channelName(channel)),
      fresh && h("span", { class: "sr" }, "unread"),
      fresh && count > 0 && h("span", { class: "count" }, String(count), h("span", { class: "sr" }, count === 1 ? " mention" : " mentions")),
    ),
  );
}

/** @param {any} server */
function guildList(server) {
  const channels = visible(server);
  const threads = (server.threads ?? []).filter((/** @type {any} */ thread) => !thread.thread_metadata?.archived || thread.id === state.route.channel);
  /** @param {any} channel */
  const withThreads = (channel) => {
    const inner = threads.filter((/** @type {any} */ thread) => thread.parent_id === channel.id);
    const item = row(server, channel);
    if (inner.length) item.append(h("ul", { class: "threads", "aria-label": `Threads of ${channel.name}` }, inner.map((/** @type {any} */ thread) => row(server, thread, "thread-item"))));
    return item;
  };
  const categories = channels.filter((/** @type {any} */ channel) => channel.type === 4);
  const loose = channels.filter((/** @type {any} */ channel) => channel.type !== 4 && !categories.some((/** @type {any} */ one) => one.id === channel.parent_id));
  return [
    loose.length > 0 && h("ul", { class: "channel-list", "aria-label": server.name }, loose.map(withThreads)),
    ...categories.map((/** @type {any} */ category) => {
      const inner = channels.filter((/** @type {any} */ channel) => channel.parent_id === category.id && channel.type !== 4);
      return inner.length > 0 && h("section", { "aria-label": category.name }, h("h2", { class: "category" }, category.name), h("ul", { class: "channel-list" }, inner.map(withThreads)));
    }),
  ];
}

function dmList() {
  const known = new Set(state.dms.flatMap((dm) => others(dm).map((/** @type {any} */ one) => one.id)));
  const rest = [...state.users.values()].filter((one) => one.id !== state.me.id && !known.has(one.id) && (one.bot || state.guilds.length > 0));
  const dms = [...state.dms].sort((a, b) => Number(BigInt(b.last_message_id ?? 0) - BigInt(a.last_message_id ?? 0) > 0n) * 2 - 1);
  return [
    dms.length > 0 && h("h2", { class: "category" }, "Direct messages"),
    dms.length > 0 && h("ul", { class: "channel-list", "aria-label": "Direct messages" }, dms.map((dm) => row(null, dm))),
    rest.length > 0 && h("h2", { class: "category" }, "Start a conversation"),
    rest.length > 0 &&
      h(
        "ul",
        { class: "channel-list", "aria-label": "Start a conversation" },
        rest.map((one) =>
          h(
            "li",
            { class: "channel-item" },
            h("button", { class: "channel", type: "button", dataset: { key: `person-${one.id}`, user: one.id }, onclick: () => openDm(one.id) }, presence(one), h("span", { class: "channel-name" }, displayName(one)), one.bot && h("span", { class: "badge" }, "APP")),
          ),
        ),
      ),
  ];
}

/** Opens the DM with a person and goes there. @param {string} userId */
export async function openDm(userId) {
  const channel = await post("/play/dms", { as: state.me.id, user_id: userId });
  if (!place(channel.id)) state.dms.unshift({ ...channel, recipients: channel.recipients ?? [userId] });
  go("@me", channel.id);
}

/** @param {any} server */
function serverIcon(server) {
  const current = state.route.guild === server.id;
  const fresh = visible(server).some((/** @type {any} */ channel) => unread(channel) && channel.id !== state.route.channel);
  return h(
    "li",
    { class: "rail-item" },
    h("span", { class: `pill ${current ? "tall" : fresh ? "short" : ""}`, "aria-hidden": "true" }),
    h(
      "a",
      {
        class: `server ${tint(server.id)}`,
        href: address(server.id, lastOf(server)),
        title: server.name,
        "aria-label": fresh ? `${server.name}, unread messages` : server.name,
        "aria-current": current ? "true" : null,
        dataset: { key: `guild-${server.id}`, guild: server.id, initials: server.name.split(/\s+/).map((/** @type {string} */ word) => [...word][0]).slice(0, 3).join("") },
      },
    ),
  );
}

/** @type {Map<string, string>} */
const visited = new Map();

/** The channel to open in a server. @param {any} server */
export function lastOf(server) {
  const channels = visible(server).filter((/** @type {any} */ channel) => channel.type !== 4);
  const known = visited.get(`${state.me.id}/${server.id}`);
  if (known && place(known)) return known;
  return (channels.find((/** @type {any} */ channel) => channel.name === "general") ?? channels[0])?.id ?? null;
}

function renderRail() {
  const dmUnread = state.dms.some((dm) => unread(dm) && dm.id !== state.route.channel);
  const home = state.route.guild === "@me";
  replaceChanged(byId("rail"), [
    h(
      "ul",
      { class: "rail-list" },
      h(
        "li",
        { class: "rail-item" },
        h("span", { class: `pill ${home ? "tall" : dmUnread ? "short" : ""}`, "aria-hidden": "true" }),
        h("a", { class: "server home", href: address("@me", visited.get(`${state.me.id}/@me`)), title: "Direct messages", "aria-label": dmUnread ? "Direct messages, unread" : "Direct messages", "aria-current": home ? "true" : null, dataset: { key: "guild-@me", guild: "@me" } }, icon("home")),
      ),
      state.guilds.map(serverIcon),
    ),
  ]);
}

export function setUpChannels() {
  const rail = roving(byId("rail"), "a");
  const list = roving(byId("channels"), "a, button");
  const render = () => {
    if (!state.me) return;
    if (state.route.channel) visited.set(`${state.me.id}/${state.route.guild}`, state.route.channel);
    const server = guild(state.route.guild);
    byId("guild-name").textContent = server ? server.name : "Direct messages";
    renderRail();
    replaceChanged(byId("channels"), server ? guildList(server) : dmList());
    rail();
    list();
  };
  on("state", render);
  on("route", render);
}

/** @param {any} person */
export const face = (person) => avatar(person);
