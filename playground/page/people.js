// Knows how a person is drawn: avatar, coloured name, app badge, presence; and opens the menu of a person.
// Must not know lists or messages.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { displayName, roleColour, state } from "./state.js";

/** @param {string} text */
function initials(text) {
  const words = text.trim().split(/[\s._-]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0]).join("").toLocaleUpperCase() || "?";
}

/** @param {string} id */
export const tint = (id) => `tint-${[...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 997, 7) % 6}`;

/** @param {any} person @param {string} [extra] class */
export function avatar(person, extra = "") {
  return h("span", { class: `avatar ${tint(person.id)} ${extra}`, "aria-hidden": "true", dataset: { initials: initials(displayName(person)) } });
}

/** @param {any} person */
export function online(person) {
  const bot = state.bots.find((one) => one.id === person.id);
  return bot ? Boolean(bot.online) : (person.status ?? "online") !== "offline";
}

/** Avatar with the presence dot. @param {any} person */
export function presence(person) {
  return h("span", { class: "with-presence" }, avatar(person), h("span", { class: online(person) ? "dot online" : "dot", "aria-hidden": "true" }));
}

export const badge = () => h("span", { class: "badge", title: "An app: answers come from a bot" }, icon("check"), "APP");

/**
 * The name in the colour of the person's role.
 * @param {any} person @param {any} [guild] @param {string} [tag]
 */
export function name(person, guild, tag = "span") {
  const element = h(tag, { class: "name" }, displayName(person, guild));
  const colour = guild ? roleColour(guild, person.id) : null;
  if (colour) element.style.setProperty("--name", readable(colour));
  return element;
}

/** Dark role colours would not be readable on a dark page: mixes in white until contrast is 4.5. @param {string} colour */
export function readable(colour) {
  let [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const light = () => {
    const [x, y, z] = [r, g, b].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  for (let step = 0; step < 40 && light() < 0.245; step++) [r, g, b] = [r, g, b].map((value) => Math.min(255, value + (255 - value) * 0.08 + 1));
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
}
