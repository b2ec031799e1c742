// Knows the message box: writing, sending, and the command list that "/" opens.
// Must not know how a chosen command is filled in (pills.js).
import { announce } from "./announce.js";
import { patch, post } from "./api.js";
import { entries, exact, find } from "./commands.js";
import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { mentioned } from "./mentions.js";
import { avatar } from "./people.js";
import { CommandBar } from "./pills.js";
import { botUser, channelName, displayName, may, on, place, state, user } from "./state.js";
import { Suggest } from "./suggest.js";

/** @type {any} */ let form;
/** @type {HTMLTextAreaElement} */ let box;
/** @type {Suggest} */ let suggest;
/** @type {CommandBar} */ let bar;
/** @type {Map<string, string>} what was begun in each channel */
const drafts = new Map();
const LIMIT = 2000;
/** The message that is answered or, with `edit`, changed. @type {{message: any, edit: boolean}|null} */ let subject = null;
/** @type {Map<string, number>} */ const writers = new Map();

/** @param {import("./commands.js").Entry} entry */
function botName(entry) {
  return botUser(entry.command.application_id).username;
}

/** @param {import("./commands.js").Entry} entry */
function row(entry) {
  const person = botUser(entry.command.application_id);
  return [
    avatar(person, "small"),
    h("span", { class: "suggestion-text" }, h("span", { class: "suggestion-name" }, h("b", {}, `/${entry.shown}`), entry.options.map((option) => h("span", { class: option.required ? "mini-pill required" : "mini-pill" }, option.name))), h("span", { class: "suggestion-description" }, entry.description)),
    h("span", { class: "suggestion-source" }, botName(entry)),
  ];
}

/** @param {import("./commands.js").Entry} entry @param {string} [rest] */
function choose(entry, rest = "") {
  suggest.hide();
  box.value = "";
  form.classList.add("in-command");
  bar.open(entry, rest);
}

function leave(text = "") {
  form.classList.remove("in-command");
  box.value = text;
  box.focus();
  typed();
}

/** What the box asks for after every key. */
function typed() {
  const text = box.value;
  count();
  const people = mentioned(box);
  if (people.length) return suggest.show(box, people.map(({ row: shape, pick }) => ({ row: shape, heading: "Members", pick: () => (pick(), typed()) })), { active: 0 });
  if (!text.startsWith("/") || text.includes("\n") || box.disabled) return suggest.hide();
  const whole = exact(text.slice(1));
  if (whole) return choose(whole.entry, whole.rest);
  const found = find(text.slice(1));
  const head = found.length
    ? [h("span", {}, text === "/" ? "Commands" : "Commands matching ", text !== "/" && h("strong", {}, text)), h("span", { class: "keys", "aria-hidden": "true" }, "↑↓ choose · Tab or Enter takes it · Esc closes")]
    : [h("span", {}, entries().length ? `No command matches ${text}` : state.bots.some((bot) => bot.online) ? "The bot has no commands for you here" : "No commands yet: the bot has not connected")];
  suggest.show(box, found.map((entry) => ({ row: row(entry), pick: () => choose(entry), heading: botName(entry) })), { head, active: found.length ? 0 : -1 });
  if (text === "/") announce(`${found.length} commands. Type to filter, arrow keys to choose.`);
}

function count() {
  const left = LIMIT - [...box.value].length;
  const label = byId("count");
  label.hidden = left > 200;
  label.textContent = String(left);
  label.classList.toggle("over", left < 0);
}

async function send() {
  const content = box.value.trim();
  const channel = state.route.channel;
  if (!content || !channel) return;
  if ([...content].length > LIMIT) return announce(`A message has at most ${LIMIT} characters.`, true);
  box.value = "";
  drafts.delete(channel);
  count();
  try {
    const path = `/play/channels/${channel}/messages`;
    if (subject?.edit) await patch(`${path}/${subject.message.id}`, { as: state.me.id, content });
    else await post(path, { as: state.me.id, content, ...(subject ? { reply_to: subject.message.id } : {}) });
    about(null);
  } catch (error) {
    if (!box.value && state.route.channel === channel) box.value = content;
    announce(/** @type {any} */ (error).message, true);
  }
}

/** Says what the next line answers or changes. @param {any} message @param {boolean} [edit] */
function about(message, edit = false) {
  subject = message && { message, edit };
  const line = byId("reply-bar");
  line.hidden = !message;
  if (!message) return line.replaceChildren();
  const words = edit ? ["Editing your message"] : ["Replying to ", h("b", {}, displayName(message.author, place(message.channel_id)?.guild))];
  line.replaceChildren(h("span", {}, words), h("button", { type: "button", class: "tool", "aria-label": edit ? "Do not edit" : "Do not reply", onclick: unrelated }, icon("close")));
  if (edit) box.value = message.content;
  box.focus();
}

/** Nothing is answered or changed after all. */
function unrelated() {
  if (subject?.edit) box.value = "";
  about(null);
  box.focus();
}

/** Who is typing here, for ten seconds or until they wrote. @param {{name: string, data: any}} event */
function typing({ name, data }) {
  if (data.channel_id !== state.route.channel) return;
  const who = name === "MESSAGE_CREATE" ? data.author?.id : data.user_id;
  if (name === "TYPING_START" && who !== state.me.id) writers.set(who, Date.now() + 10000);
  else if (name === "MESSAGE_CREATE") writers.delete(who);
  else return;
  showWriters();
}

function showWriters() {
  for (const [who, until] of writers) if (until < Date.now()) writers.delete(who);
  const names = [...writers.keys()].map((who) => displayName(user(who), place(state.route.channel)?.guild));
  byId("typing").textContent = !names.length ? "" : names.length === 1 ? `${names[0]} is typing…` : names.length < 4 ? `${names.join(", ")} are typing…` : "Several people are typing…";
  if (names.length) setTimeout(showWriters, 2000);
}

function channelChanged() {
  const found = place(state.route.channel);
  const readOnly = !found || [15, 16].includes(found.channel.type) || !may(found.channel, "send");
  form.hidden = !found || [15, 16].includes(found.channel.type);
  box.disabled = readOnly;
  const sign = !found?.guild ? "@" : [10, 11, 12].includes(found.channel.type) ? "" : "#";
  const name = found ? sign + channelName(found.channel) : "";
  box.placeholder = readOnly ? "You do not have permission to send messages in this channel." : `Message ${name}`;
  box.setAttribute("aria-label", readOnly ? box.placeholder : `Message ${name}. Type / for commands.`);
  byId("slash-button").disabled = readOnly;
}

/** @param {KeyboardEvent} event */
function key(event) {
  if (suggest.key(event)) return;
  if (event.key === "Escape" && subject && !suggest.open) unrelated();
  else if (event.key === "Escape" && suggest.open) {
    suggest.hide();
    event.preventDefault();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (box.value.startsWith("/") && suggest.open && !suggest.items.length) return;
    send();
  } else if (event.key === "ArrowUp" && !box.value) {
    event.preventDefault();
    /** @type {HTMLElement|undefined} */ ([...document.querySelectorAll("li.message")].at(-1))?.focus();
  }
}

export function setUpComposer() {
  form = byId("composer");
  box = h("textarea", { id: "message-box", rows: "1", disabled: true, "aria-label": "Message", autocomplete: "off", spellcheck: "true", "aria-autocomplete": "list", oninput: typed, onkeydown: key, onblur: () => suggest.hide(), onfocus: () => box.value.startsWith("/") && typed() });
  const write = h(
    "div",
    { class: "write" },
    h("button", { id: "slash-button", type: "button", class: "tool", "aria-label": "Show the commands", title: "Commands", onpointerdown: (/** @type {Event} */ e) => e.preventDefault(), onclick: () => compose("/") }, icon("slash")),
    box,
    h("span", { class: "count-left", id: "count", hidden: true }),
    h("button", { type: "submit", class: "tool send", "aria-label": "Send message", title: "Send" }, icon("send")),
  );
  form.append(h("div", { class: "reply-bar", id: "reply-bar", hidden: true }), write, h("p", { class: "typing", id: "typing" }));
  suggest = new Suggest(form, "Commands");
  bar = new CommandBar(form, leave);
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (bar.active) bar.run();
    else send();
  });
  let last = /** @type {string|null} */ (null);
  on("channel", () => {
    if (last) drafts.set(last, bar.active || subject?.edit ? "" : box.value);
    last = state.route.channel;
    if (bar.active) bar.close();
    form.classList.remove("in-command");
    box.value = drafts.get(last ?? "") ?? "";
    suggest.hide();
    about(null);
    writers.clear();
    showWriters();
    channelChanged();
    count();
  });
  on("reply", (message) => about(message));
  on("edit", (message) => about(message, true));
  on("event", typing);
  on("state", channelChanged);
  on("compose", compose);
}

/** Puts text into the box, as if typed. @param {string} text */
function compose(text) {
  if (bar.active) return;
  box.focus();
  box.value = text.startsWith("/") ? text : box.value + text;
  typed();
}
