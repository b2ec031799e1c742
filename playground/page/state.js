// Knows what this person's client knows: people, servers, channels, commands, the clock; and tells who listens.
// Must not know the DOM.
import { get } from "./api.js";

/** What the page knows. Messages live in messages.js. */
export const state = {
  /** @type {any} */ me: null,
  /** @type {Map<string, any>} */ users: new Map(),
  /** @type {any[]} */ guilds: [],
  /** @type {any[]} */ dms: [],
  /** @type {any[]} */ commands: [],
  /** @type {any[]} */ bots: [],
  /** @type {{guild: string, channel: string|null}} */ route: { guild: "@me", channel: null },
  /** milliseconds that the server's clock is ahead of ours */ offset: 0,
  connected: false,
};

/** @type {Map<string, Set<(data?: any) => void>>} */
const listeners = new Map();

/** @param {string} topic @param {(data?: any) => void} listener */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic)?.add(listener);
  return () => listeners.get(topic)?.delete(listener);
}

/** @param {string} topic @param {any} [data] */
export function emit(topic, data) {
  for (const listener of listeners.get(topic) ?? []) listener(data);
}

/** The server's time in milliseconds. */
export const now = () => Date.now() + state.offset;

let clockSet = 0;

/** @param {string|number} value */
export function setClock(value) {
  clockSet++;
  const at = typeof value === "number" ? (value < 1e12 ? value * 1000 : value) : Date.parse(value);
  if (Number.isFinite(at)) state.offset = at - Date.now();
  emit("clock");
}

/** Whom we are, or are becoming. @type {string|null|undefined} */
let wanted;

/**
 * Asks the server for everything but messages. An answer about a person whom we are no longer comes too late and changes nothing.
 * @param {string|null} [as] the person to be; without it the one we are, null: whom the server chooses
 */
export async function load(as = wanted) {
  const before = clockSet;
  wanted = as;
  const fresh = await get("/play/state", { as });
  if (as !== wanted) return;
  wanted = fresh.me.id;
  state.me = fresh.me;
  state.users = new Map((fresh.users ?? []).map((/** @type {any} */ user) => [user.id, user]));
  if (!state.users.has(fresh.me.id)) state.users.set(fresh.me.id, fresh.me);
  state.guilds = fresh.guilds ?? [];
  for (const guild of state.guilds) {
    for (const member of guild.members ?? []) if (member.user && !state.users.has(member.user.id)) state.users.set(member.user.id, member.user);
  }
  state.dms = fresh.dms ?? [];
  state.commands = fresh.commands ?? [];
  state.bots = fresh.bots ?? [];
  if (before === clockSet) setClock(fresh.now); // else the clock was moved meanwhile, and this answer is older
  emit("state");
}

/** @param {string} id */
export const user = (id) => state.users.get(id) ?? { id, username: "unknown-user", unknown: true };

/** The user of an application; without one known, the only bot there is. @param {string|null|undefined} [id] */
export const botUser = (id) => state.users.get(id ?? "") ?? state.users.get(state.bots[0]?.id) ?? { id: "0", username: "App", bot: true };

/** @param {string|null} id */
export const guild = (id) => state.guilds.find((entry) => entry.id === id) ?? null;

/** @param {any} entry a server @returns {any[]} channels and threads */
export const places = (entry) => [...(entry?.channels ?? []), ...(entry?.threads ?? [])];

/**
 * A channel, thread or DM with the server that it is in.
 * @param {string|null} id
 * @returns {{channel: any, guild: any}|null}
 */
export function place(id) {
  if (!id) return null;
  for (const entry of state.guilds) {
    const channel = places(entry).find((candidate) => candidate.id === id);
    if (channel) return { channel, guild: entry };
  }
  const dm = state.dms.find((candidate) => candidate.id === id);
  return dm ? { channel: dm, guild: null } : null;
}

/** @param {any} entry @param {string} userId */
export const member = (entry, userId) => (entry?.members ?? []).find((/** @type {any} */ one) => (one.user?.id ?? one.user_id) === userId) ?? null;

/** The name that people see. @param {any} person @param {any} [entry] the server */
export function displayName(person, entry) {
  const own = entry ? member(entry, person.id) : null;
  return own?.nick || person.global_name || person.username || "Unknown";
}

/** The colour of the highest coloured role as #rrggbb, or null. @param {any} entry @param {string} userId */
export function roleColour(entry, userId) {
  const own = member(entry, userId);
  const roles = (entry?.roles ?? []).filter((/** @type {any} */ role) => own?.roles?.includes(role.id) && role.color);
  roles.sort((/** @type {any} */ a, /** @type {any} */ b) => b.position - a.position);
  return roles.length ? `#${roles[0].color.toString(16).padStart(6, "0")}` : null;
}

/** The other people of a DM. @param {any} dm */
export const others = (dm) => (dm.recipients ?? []).map((/** @type {any} */ one) => (typeof one === "string" ? user(one) : one)).filter((/** @type {any} */ one) => one.id !== state.me?.id);

/**
 * The commands of one type that may be used here: in this server, or in the DM with their bot.
 * @param {number} type 1 slash, 2 on a person, 3 on a message
 */
export function commandsHere(type) {
  const { guild: server, channel } = state.route;
  const bots = server === "@me" ? others(place(channel)?.channel ?? {}).map((/** @type {any} */ one) => one.id) : [];
  return state.commands.filter((one) => {
    if ((one.type ?? 1) !== type) return false;
    if (server !== "@me") return one.guilds ? one.guilds.includes(server) || one.user_install === true : true;
    return one.dm !== false && (!bots.length || !one.application_id || bots.includes(one.application_id) || !state.bots.some((bot) => bots.includes(bot.id)));
  });
}

/** What a channel is called. @param {any} channel */
export function channelName(channel) {
  if (channel.name) return channel.name;
  return others(channel).map((/** @type {any} */ one) => displayName(one)).join(", ") || "Direct message";
}

/** The language of the client that this person uses. */
export const locale = () => state.me?.locale || navigator.language || "en-US";

const BITS = { manage: 1n << 5n, view: 1n << 10n, send: 1n << 11n, admin: 1n << 3n, moderate: 1n << 13n, threads: 1n << 38n, tags: 1n << 34n };

/** @param {any} channel @param {keyof typeof BITS} what */
export function may(channel, what) {
  if (channel?.permissions === undefined || channel.permissions === null) return true;
  const held = BigInt(channel.permissions);
  const thread = what === "send" && [10, 11, 12].includes(channel.type);
  return (held & BITS.admin) !== 0n || (held & (thread ? BITS.threads : BITS[what])) !== 0n;
}
