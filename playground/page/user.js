// Knows the panel at the bottom left: who we are, being somebody else, the client's language, closed direct messages.
// Must not know channels.
import { announce } from "./announce.js";
import { post } from "./api.js";
import { byId, h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { focusable } from "./keys.js";
import { avatar, presence } from "./people.js";
import { popup } from "./popup.js";
import { displayName, emit, load, member, on, state } from "./state.js";

const LANGUAGES = ["en-US", "en-GB", "de", "fr", "es-ES", "it", "nl", "pl", "pt-BR", "ru", "tr", "uk", "cs", "sv-SE", "fi", "ja", "ko", "zh-CN", "hi"];

/** @param {string} code */
function languageName(code) {
  try {
    const text = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
    return `${text.charAt(0).toLocaleUpperCase(code)}${text.slice(1)}`;
  } catch {
    return code;
  }
}

/** What somebody is here: owner, moderator, member, or a stranger. @param {any} person */
export function standing(person) {
  const guilds = state.guilds.length ? state.guilds : [];
  for (const guild of guilds) {
    if (guild.owner_id === person.id) return "Owner";
    const own = member(guild, person.id);
    const role = (guild.roles ?? []).filter((/** @type {any} */ one) => own?.roles?.includes(one.id)).sort((/** @type {any} */ a, /** @type {any} */ b) => b.position - a.position)[0];
    if (own) return role ? role.name.replace(/s$/, "") : "Member";
  }
  return guilds.length ? "Shares no server" : "Guest";
}

/** @param {any} body */
async function save(body) {
  try {
    await post(`/play/users/${state.me.id}`, body);
    await load();
    emit("people");
  } catch (error) {
    announce(/** @type {any} */ (error).message, true);
  }
}

/** @param {HTMLElement} anchor */
function open(anchor) {
  const people = [...state.users.values()].filter((one) => !one.bot);
  /** @type {(chosen?: boolean) => void} */
  let close = () => {};
  const lines = people.map((one) =>
    h(
      "button",
      { type: "button", class: "person", "aria-pressed": String(one.id === state.me.id), dataset: { user: one.id }, onclick: () => (close(true), one.id !== state.me.id && emit("become", one.id)) },
      avatar(one),
      h("span", { class: "person-text" }, h("span", {}, displayName(one)), h("span", { class: "muted small" }, standing(one) || one.username)),
      one.id === state.me.id && icon("check"),
    ),
  );
  const own = state.me.locale ?? "en-US";
  const codes = LANGUAGES.includes(own) ? LANGUAGES : [own, ...LANGUAGES];
  const language = h("select", { id: "language", onchange: () => save({ locale: language.value }) }, codes.map((code) => h("option", { value: code, selected: code === own }, languageName(code))));
  const dms = h("input", { type: "checkbox", id: "dms", checked: state.me.dms !== "closed", onchange: () => save({ dms: dms.checked ? "open" : "closed" }) });
  const box = h(
    "div",
    { class: "switcher", role: "dialog", "aria-label": "Who you are" },
    h("h2", { class: "category" }, "Be somebody else"),
    h("div", { class: "person-list" }, lines),
    h("h2", { class: "category" }, `${displayName(state.me)}'s client`),
    h("label", { class: "setting", for: "language" }, h("span", {}, "Language"), language),
    h("label", { class: "setting", for: "dms" }, h("span", {}, "Accept direct messages"), dms),
  );
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const items = focusable(box);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Escape") close();
    else if (event.key === "Tab") items.at((at + (event.shiftKey ? -1 : 1)) % items.length)?.focus();
    else if (event.key === "ArrowDown" && lines.includes(document.activeElement)) lines[Math.min(at + 1, lines.length - 1)].focus();
    else if (event.key === "ArrowUp" && lines.includes(document.activeElement)) lines[Math.max(at - 1, 0)].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  anchor.setAttribute("aria-expanded", "true");
  close = popup(box, anchor, {
    above: true,
    keep: true,
    onclose: () => {
      const current = /** @type {HTMLElement|null} */ (document.querySelector("#user-panel .me"));
      current?.setAttribute("aria-expanded", "false");
      current?.focus();
    },
  });
  lines.find((/** @type {HTMLElement} */ line) => line.getAttribute("aria-pressed") === "true")?.focus();
}

export function setUpUser() {
  const render = () => {
    if (!state.me) return;
    const opened = document.querySelector("#user-panel .me")?.getAttribute("aria-expanded") ?? "false";
    replace(byId("user-panel"), [
      h(
        "button",
        { type: "button", class: "me", "aria-haspopup": "dialog", "aria-expanded": opened, dataset: { key: "me" }, onclick: (/** @type {any} */ event) => open(event.currentTarget) },
        presence(state.me),
        h("span", { class: "sr" }, "You are "),
        h("span", { class: "person-text" }, h("span", { class: "me-name" }, displayName(state.me)), h("span", { class: "muted small" }, state.guilds.length ? standing(state.me) : "Shares no server")),
        icon("sliders", "Be somebody else, change the language"),
      ),
    ]);
  };
  on("state", render);
}
