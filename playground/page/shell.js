// Knows the frame: header of the conversation, drawers on small screens, the address, the lost connection.
// Must not know messages.
import { announce } from "./announce.js";
import { byId, h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { kindIcon, lastOf } from "./channels.js";
import { focusable } from "./keys.js";
import { panelOpen, setOpen } from "./panel.js";
import { presence } from "./people.js";
import { channelName, emit, guild, on, others, place, state } from "./state.js";

const narrow = () => matchMedia("(max-width: 767px)").matches;

/** @param {"none"|"left"|"right"} which */
export function drawer(which) {
  const app = byId("app");
  const before = app.dataset.drawer;
  app.dataset.drawer = which;
  byId("backdrop").hidden = which === "none";
  byId("chat").inert = which !== "none" && narrow();
  byId("places-button")?.setAttribute("aria-expanded", String(which === "left"));
  if (which === "left") (byId("channels").querySelector('[aria-current="page"]') ?? focusable(byId("sidebar"))[0])?.focus();
  else if (which === "right") focusable(byId("members"))[0]?.focus();
  else if (before !== "none") byId(before === "left" ? "places-button" : "members-button")?.focus();
}

function toggleMembers() {
  if (narrow()) return drawer(byId("app").dataset.drawer === "right" ? "none" : "right");
  const hidden = byId("app").classList.toggle("no-members");
  localStorage.setItem("members", hidden ? "hidden" : "");
  renderHead();
}

function renderHead() {
  const found = place(state.route.channel);
  const channel = found?.channel;
  const other = channel && !found.guild ? others(channel)[0] : null;
  const parent = channel?.parent_id && found?.guild ? place(channel.parent_id)?.channel : null;
  const thread = channel && [10, 11, 12].includes(channel.type);
  const title = channel ? channelName(channel) : "Local Discord";
  document.title = channel ? `${found.guild ? "#" : ""}${title} – Local Discord` : "Local Discord";
  const shown = !byId("app").classList.contains("no-members");
  replace(byId("chat-head"), [
    h("button", { type: "button", class: "tool only-narrow", id: "places-button", "aria-label": "Servers and channels", "aria-expanded": "false", "aria-controls": "sidebar", dataset: { key: "places-button" }, onclick: () => drawer("left") }, icon("menu")),
    channel && (other ? presence(other) : h("span", { class: "head-icon" }, kindIcon(channel))),
    h("h1", { class: "head-title" }, thread && parent && h("span", { class: "muted" }, `${parent.name} › `), title),
    channel?.topic && h("p", { class: "topic", title: channel.topic }, channel.topic),
    h("span", { class: "space" }),
    channel && h("button", { type: "button", class: "tool", id: "members-button", "aria-label": "Members", title: "Members", "aria-pressed": narrow() ? null : String(shown), dataset: { key: "members-button" }, onclick: toggleMembers }, icon("people")),
    h("button", { type: "button", class: "tool", id: "panel-button", "aria-label": "Behind the scenes", title: "Behind the scenes", "aria-pressed": String(panelOpen()), dataset: { key: "panel-button" }, onclick: () => setOpen(!panelOpen()) }, icon("code")),
  ]);
}

/** Reads #/person/server/channel; what does not exist is replaced by the nearest that does. */
function follow() {
  const [, person, server, channel] = location.hash.split("/");
  if (person && state.me && person !== state.me.id) return emit("become", person);
  const entry = guild(server ?? "");
  const fallback = state.guilds[0] ?? null;
  const known = channel ? place(channel) : null;
  /** @type {{guild: string, channel: string|null}} */
  let next;
  if (known) next = { guild: known.guild?.id ?? "@me", channel: known.channel.id };
  else if (entry) next = { guild: entry.id, channel: lastOf(entry) };
  else if (server === "@me" || !fallback) next = { guild: "@me", channel: lastDm() };
  else next = { guild: fallback.id, channel: lastOf(fallback) };
  const moved = next.channel !== state.route.channel || next.guild !== state.route.guild;
  state.route = next;
  const hash = `#/${state.me.id}/${next.guild}${next.channel ? `/${next.channel}` : ""}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  if (moved) arrive();
}

/** The direct messages to open first: the newest. */
function lastDm() {
  const dms = state.dms.filter((dm) => dm.last_message_id).sort((a, b) => Number(BigInt(b.last_message_id) - BigInt(a.last_message_id) > 0n) * 2 - 1);
  return dms[0]?.id ?? null;
}

/** Tells everybody that another conversation is open. */
export function arrive() {
  const within = byId("scroller").contains(document.activeElement); // what was pressed there goes away
  emit("route");
  emit("channel");
  if (within) byId("message-box")?.focus();
  const found = place(state.route.channel);
  if (found) announce(found.guild ? `Channel ${channelName(found.channel)}` : `Direct messages with ${channelName(found.channel)}`);
  if (byId("app").dataset.drawer === "left" && state.route.channel) {
    drawer("none");
    byId("message-box")?.focus();
  }
}

export { follow };

export function setUpShell() {
  if (localStorage.getItem("members")) byId("app").classList.add("no-members");
  on("state", renderHead);
  on("route", renderHead);
  on("panel", renderHead);
  on("connection", () => {
    const bar = byId("offline");
    bar.hidden = state.connected;
    bar.textContent = state.connected ? "" : "The local Discord does not answer. Trying again… (is it still running?)";
  });
  addEventListener("hashchange", follow);
  byId("backdrop").addEventListener("click", () => drawer("none"));
  byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
    event.preventDefault();
    byId("message-box")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && byId("app").dataset.drawer !== "none") drawer("none");
  });
  matchMedia("(max-width: 767px)").addEventListener("change", () => {
    drawer("none");
    renderHead();
  });
}
