// Knows the messages of the open channel: loads, merges live changes, keeps the place while scrolling, announces.
// Must not know how one message looks (message.js).
import { announce } from "./announce.js";
import { get } from "./api.js";
import { byId, h, replace } from "./dom.js";
import { intro } from "./intro.js";
import { roving } from "./keys.js";
import { waitForRelease } from "./press.js";
import { beginReading, divider, firstNew, forgetNew, markRead } from "./reading.js";
import { Slice } from "./slice.js";
import { belongsTo, renderMessage, speech } from "./message.js";
import { emit, on, place, state } from "./state.js";
import { dayOf, format } from "./time.js";

const PAGE = 50;
/** @type {any[]} */ let list = [];
/** @type {Map<string, any[]>} */ const locals = new Map();
/** @type {Map<string, {item: HTMLElement, message: any, grouped: boolean}>} */ const drawn = new Map();
/** @type {Set<string>} */ const dismissed = new Set(JSON.parse(sessionStorage.getItem("dismissed") ?? "[]"));
const slice = new Slice();
let older = false;
let loading = false;
let epoch = 0;
/** @type {HTMLOListElement} */ let ol;
/** @type {HTMLElement} */ let top;
/** @type {() => void} */ let refresh = () => {};

const scroller = () => byId("scroller");
const atBottom = () => !loading && slice.last === null && scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < 60;
/** The reader is at the end and wants to stay there; only scrolling up ends it. */
let stuck = true;
function toBottom() {
  stuck = true;
  if (slice.last !== null) {
    slice.reset();
    draw();
  }
  scroller().scrollTop = scroller().scrollHeight;
}
const byAge = (/** @type {any} */ a, /** @type {any} */ b) => (a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

const shown = () => [...list, ...(locals.get(state.route.channel ?? "") ?? [])].filter((one) => !dismissed.has(one.id)).sort(byAge);

/** Makes the DOM equal to the list; what has not changed is not touched. */
function draw() {
  const active = /** @type {HTMLElement|null} */ (document.activeElement);
  const held = active && ol.contains(active) ? { key: active.dataset.key, id: active.closest("li.message")?.id } : null;
  const all = shown();
  const messages = slice.of(all);
  const wanted = new Set(messages.map((one) => one.id));
  for (const [id, { item }] of drawn) if (!wanted.has(id)) item.remove(), drawn.delete(id);
  for (const line of ol.querySelectorAll("li.day")) line.remove();
  const news = firstNew(all);
  let before = null;
  /** @type {Element|null} */
  let cursor = ol.firstElementChild;
  for (const message of messages) {
    const at = Date.parse(message.timestamp);
    const newDay = !before || dayOf(at) !== dayOf(Date.parse(before.timestamp));
    const isNew = message === news;
    if (newDay || isNew) ol.insertBefore(divider(newDay ? format(at, "D") : "", isNew), cursor);
    const grouped = !newDay && !isNew && belongsTo(message, before);
    let entry = drawn.get(message.id);
    if (!entry || entry.message !== message || entry.grouped !== grouped) {
      const item = renderMessage(message, grouped);
      if (entry) {
        if (cursor === entry.item) cursor = item;
        entry.item.replaceWith(item);
      }
      entry = { item, message, grouped };
      drawn.set(message.id, entry);
    }
    if (entry.item === cursor) cursor = cursor.nextElementSibling;
    else ol.insertBefore(entry.item, cursor);
    before = message;
  }
  replace(top, [older || !slice.atStart(all) ? h("p", { class: "older" }, loading ? "Loading older messages…" : "") : intro(all.length === 0)]);
  refresh();
  if (held && !ol.contains(document.activeElement)) {
    const again = held.key ? /** @type {any} */ (ol.querySelector(`[data-key="${CSS.escape(held.key)}"]`)) : null;
    (again && !again.disabled ? again : held.id ? byId(held.id) : null)?.focus({ preventScroll: true });
  }
}

/** Draws, and stays where the reader is. */
function update() {
  if (waitForRelease(ol, update)) return;
  const stick = stuck;
  const anchor = stick ? null : [...ol.querySelectorAll("li.message")].find((item) => item.getBoundingClientRect().bottom > scroller().getBoundingClientRect().top);
  const offset = anchor?.getBoundingClientRect().top ?? 0;
  draw();
  const same = anchor && drawn.get(/** @type {HTMLElement} */ (anchor).dataset.id ?? "")?.item; // it may have been drawn anew
  if (stick) {
    toBottom();
    requestAnimationFrame(toBottom);
  } else if (same) scroller().scrollTop += same.getBoundingClientRect().top - offset;
}

/** Where a reader begins: at the line above what is new, else at the end. */
function land() {
  toBottom();
  const line = ol.querySelector(".day.new");
  const gap = line ? line.getBoundingClientRect().top - scroller().getBoundingClientRect().top : 0;
  if (gap >= 0 || (older && firstNew(list) === list[0])) return;
  stuck = false;
  scroller().scrollTop += gap - 8;
}

/** @param {string|undefined} [before] */
const fetchPage = (before) => get(`/play/channels/${state.route.channel}/messages`, { as: state.me.id, before, limit: PAGE });

/** The newest page, and what came live while it was on its way. @returns {Promise<any[]>} */
async function fetchNewest() {
  const known = new Set(list.map((one) => one.id));
  const page = await fetchPage();
  for (const one of page) known.add(one.id);
  return [...page, ...list.filter((one) => !known.has(one.id))];
}

/** Shows the newest messages of the channel in the route. */
async function openChannel() {
  const mine = ++epoch;
  beginReading();
  list = [];
  slice.reset();
  drawn.clear();
  ol.replaceChildren();
  older = false;
  loading = true;
  top.replaceChildren();
  const found = place(state.route.channel);
  ol.setAttribute("aria-label", found ? "Messages" : "No messages");
  if (!found || [15, 16].includes(found.channel.type)) {
    loading = false;
    draw();
    return;
  }
  try {
    const page = await fetchNewest();
    if (mine !== epoch) return;
    list = page;
    older = page.length >= PAGE;
  } catch (error) {
    if (mine === epoch) announce(/** @type {any} */ (error).message, true);
  }
  if (mine !== epoch) return;
  loading = false;
  draw();
  land();
  requestAnimationFrame(() => mine === epoch && land());
  if (atBottom()) markRead();
}

async function loadOlder() {
  if (loading || !list.length) return;
  const all = shown();
  if (!slice.atStart(all)) {
    slice.up(all);
    return update();
  }
  if (!older) return;
  const mine = epoch;
  loading = true;
  try {
    const page = await fetchPage(list[0].id);
    if (mine !== epoch) return;
    const known = new Set(list.map((one) => one.id));
    list = [...page.filter((/** @type {any} */ one) => !known.has(one.id)), ...list];
    older = page.length >= PAGE;
    slice.up(shown());
  } finally {
    if (mine === epoch) {
      loading = false;
      update();
    }
  }
}

/** After a lost connection: what was missed is fetched, what is known is kept. */
async function catchUp() {
  if (!state.route.channel || !place(state.route.channel)) return;
  const mine = epoch;
  const page = await fetchNewest().catch(() => null);
  if (!page || mine !== epoch) return;
  const oldest = page[0]?.id;
  list = [...list.filter((one) => oldest && byAge(one, { id: oldest }) < 0), ...page];
  if (!oldest) list = [];
  update();
}

let scroll = { top: 0, height: 0 };
function scrolled() {
  const { scrollTop, scrollHeight, clientHeight } = scroller();
  const left = scrollHeight - scrollTop - clientHeight;
  if (atBottom()) stuck = true;
  else if (scrollTop < scroll.top && scrollHeight === scroll.height) stuck = false;
  scroll = { top: scrollTop, height: scrollHeight };
  if (scrollTop < 400) loadOlder();
  else if (left < 400 && slice.down(shown())) update();
  byId("jump").hidden = slice.last === null && left < 600;
  if (atBottom()) markRead();
}

/** @param {any} message */
function create(message) {
  const found = place(message.channel_id);
  if (!found) return emit("stale");
  found.channel.last_message_id = message.id;
  if (message.channel_id !== state.route.channel) {
    if (message.author.id !== state.me.id) {
      found.channel.unread = true;
      if (!found.guild || (message.mentions ?? []).some((/** @type {any} */ one) => one.id === state.me.id)) found.channel.mentions = (found.channel.mentions ?? 0) + 1;
      emit("state");
      announce(`New message in ${found.channel.name ?? "a direct message"}`);
    }
    return;
  }
  change(message, true);
}

/** @param {any} message @param {boolean} fresh */
function change(message, fresh) {
  if (message.channel_id !== state.route.channel) return;
  const at = list.findIndex((one) => one.id === message.id);
  const was = at < 0 ? null : list[at];
  if (at < 0 && !fresh) return;
  const full = was ? { ...was, ...message } : message;
  if (at < 0) list.push(full);
  else list[at] = full;
  if (full.author?.id === state.me.id && fresh) forgetNew(), toBottom();
  update();
  if (atBottom()) markRead();
  if (full.author?.id !== state.me.id && (!was || (was.flags ?? 0) & 128 || ol.contains(document.activeElement))) announce(speech(full, drawn.get(full.id)?.item));
}

/** @param {{name: string, data: any}} event */
function live({ name, data }) {
  if (name === "MESSAGE_CREATE") create(data);
  else if (name === "MESSAGE_UPDATE") change(data, false);
  else if (name.startsWith("MESSAGE_DELETE")) {
    list = list.filter((one) => one.id !== data.id && !data.ids?.includes(one.id));
    update();
  } else if (name.startsWith("MESSAGE_REACTION") && data.channel_id === state.route.channel) catchUp();
}

/** What only this page knows: a command on its way, an answer that did not come. @param {any} message @param {boolean} keep */
function keepLocal(message, keep) {
  const others = (locals.get(message.channel_id) ?? []).filter((one) => one !== message);
  locals.set(message.channel_id, keep ? [...others, message] : others);
  update();
}

/** @param {any} message */
function dismiss(message) {
  const item = drawn.get(message.id)?.item;
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  const focused = item?.contains(document.activeElement);
  dismissed.add(message.id);
  sessionStorage.setItem("dismissed", JSON.stringify([...dismissed].slice(-500)));
  update();
  announce("Message dismissed.");
  if (focused || document.activeElement === document.body) (next?.matches("li.message") && next.isConnected ? next : byId("message-box"))?.focus();
}

export function setUpMessages() {
  ol = h("ol", { class: "message-list", role: "list" });
  top = h("div", { class: "top" });
  byId("messages").append(top, ol);
  refresh = roving(ol, "li.message", { last: true });
  scroller().addEventListener("scroll", scrolled, { passive: true });
  on("become", () => locals.clear()); // what only the person before saw
  byId("jump").addEventListener("click", () => (toBottom(), byId("message-box")?.focus()));
  document.addEventListener("visibilitychange", () => atBottom() && markRead());
  const watch = new ResizeObserver(() => stuck && toBottom());
  watch.observe(byId("messages"));
  watch.observe(scroller());
  on("channel", openChannel);
  on("event", live);
  on("catch-up", catchUp);
  on("dismiss", dismiss);
  on("local", (message) => keepLocal(message, true));
  on("local:remove", (message) => keepLocal(message, false));
  on("component:result", ({ message, error }) => drawn.get(message.id)?.item.querySelector(".component-error")?.replaceChildren(error ?? ""));
  on("jump", (id) => {
    if (!drawn.has(id)) {
      slice.to(shown(), id);
      draw();
    }
    const item = drawn.get(id)?.item;
    item?.scrollIntoView({ block: "center" });
    item?.focus({ preventScroll: true });
  });
  on("refreshed", update);
  on("people", () => {
    drawn.clear();
    ol.replaceChildren();
    update();
  });
}

/** The newest message that is shown, for the panel. */
export const newest = () => shown().at(-1) ?? null;
