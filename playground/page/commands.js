// Knows the slash commands as a flat list in this person's language, how they are found, and how values are checked.
// Must not know the DOM.
import { channelName, commandsHere, displayName, locale, place, places, state } from "./state.js";

/** @typedef {{full: string, shown: string, description: string, options: any[], command: any}} Entry */

const TYPES = { 3: "Text", 4: "Whole number", 5: "True or false", 6: "Person", 7: "Channel", 8: "Role", 9: "Person or role", 10: "Number", 11: "File" };

/** @param {any} option */
export const typeName = (option) => TYPES[/** @type {3} */ (option.type)] ?? "Value";

/** @param {any} thing @param {string} key */
export const localised = (thing, key) => thing[`${key}_localizations`]?.[locale()] ?? thing[`${key}_localized`] ?? thing[key] ?? "";

/** Required options first, as Discord asks for them. @param {any[]} options */
const ordered = (options) => [...options].sort((a, b) => Number(Boolean(b.required)) - Number(Boolean(a.required)));

/** @returns {Entry[]} */
export function entries() {
  /** @type {Entry[]} */
  const result = [];
  /** @param {any} node @param {string} full @param {string} shown @param {any} command */
  const walk = (node, full, shown, command) => {
    const inner = (node.options ?? []).filter((/** @type {any} */ option) => option.type <= 2);
    for (const child of inner) walk(child, `${full} ${child.name}`, `${shown} ${localised(child, "name")}`, command);
    if (!inner.length) result.push({ full, shown, description: localised(node, "description"), options: ordered(node.options ?? []), command });
  };
  for (const command of commandsHere(1)) walk(command, command.name, localised(command, "name"), command);
  return result.sort((a, b) => a.shown.localeCompare(b.shown));
}

/** Commands for what was typed behind the slash: by name first, then inside a name, then in the description. @param {string} typed */
export function find(typed) {
  const words = typed.trim().toLowerCase();
  const rank = (/** @type {Entry} */ entry) => {
    const name = entry.shown.toLowerCase();
    if (name.startsWith(words)) return 0;
    if (name.split(" ").some((part) => part.startsWith(words))) return 1;
    if (name.includes(words)) return 2;
    return words.length > 2 && entry.description.toLowerCase().includes(words) ? 3 : 9;
  };
  return entries().map((entry) => ({ entry, at: rank(entry) })).filter(({ at }) => at < 9).sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

/** The command that is typed out in full, with what follows it. @param {string} text after the slash @returns {{entry: Entry, rest: string}|null} */
export function exact(text) {
  const all = entries();
  const lower = text.toLowerCase();
  const entry = all.find((one) => lower.startsWith(`${one.shown.toLowerCase()} `) || lower.startsWith(`${one.full.toLowerCase()} `));
  if (!entry) return null;
  const name = lower.startsWith(`${entry.shown.toLowerCase()} `) ? entry.shown : entry.full;
  return { entry, rest: text.slice(name.length + 1) };
}

/** @typedef {{name: string, value: any, detail?: string}} Choice */

/**
 * What can be chosen for an option without asking the bot; null where text is typed.
 * @param {any} option @param {string|null} channelId
 * @returns {Choice[]|null}
 */
export function choicesOf(option, channelId) {
  if (option.choices?.length) return option.choices.map((/** @type {any} */ choice) => ({ name: localised(choice, "name"), value: choice.value }));
  const guild = place(channelId)?.guild;
  const people = () => (guild ? (guild.members ?? []).map((/** @type {any} */ one) => state.users.get(one.user?.id ?? one.user_id) ?? one.user) : [state.me, ...(place(channelId)?.channel.recipients ?? [])]);
  const users = () => people().map((/** @type {any} */ one) => ({ name: displayName(one, guild), value: one.id, detail: one.username }));
  const roles = () => (guild?.roles ?? []).map((/** @type {any} */ role) => ({ name: `@${role.name.replace(/^@/, "")}`, value: role.id }));
  switch (option.type) {
    case 5:
      return [{ name: "True", value: true }, { name: "False", value: false }];
    case 6:
      return users();
    case 7:
      return places(guild).filter((one) => !option.channel_types?.length || option.channel_types.includes(one.type)).map((one) => ({ name: channelName(one), value: one.id, detail: "channel" }));
    case 8:
      return roles();
    case 9:
      return [...users(), ...roles()];
    default:
      return null;
  }
}

/** @param {Choice[]} choices @param {string} typed */
export function matching(choices, typed) {
  const text = typed.trim().toLowerCase().replace(/^[@#]/, "");
  return choices.filter((choice) => choice.name.toLowerCase().includes(text) || choice.detail?.toLowerCase().includes(text)).slice(0, 25);
}

/**
 * The value of an option from what was typed, or what is wrong with it in Discord's manner.
 * @param {any} option @param {string} text @param {Choice|null} chosen @param {string|null} channelId
 * @returns {{value?: any, error?: string}}
 */
export function valueOf(option, text, chosen, channelId) {
  const typed = text.trim();
  if (!typed && !chosen) return option.required ? { error: "This option is required. Specify a value." } : {};
  if (chosen) return { value: chosen.value };
  const choices = choicesOf(option, channelId);
  if (choices) {
    const found = choices.find((choice) => choice.name.toLowerCase() === typed.toLowerCase() || String(choice.value) === typed);
    return found ? { value: found.value } : { error: "Choose one of the options in the list." };
  }
  if (option.type === 4 || option.type === 10) {
    const number = Number(typed.replace(",", "."));
    if (!Number.isFinite(number) || (option.type === 4 && !Number.isInteger(number))) return { error: option.type === 4 ? "Enter a whole number." : "Enter a number." };
    if (option.min_value !== undefined && number < option.min_value) return { error: `The number must be ${option.min_value} or more.` };
    if (option.max_value !== undefined && number > option.max_value) return { error: `The number must be ${option.max_value} or less.` };
    return { value: number };
  }
  if (option.type === 11) return { error: "Choose a file; it is still on its way, or was refused." };
  if (option.min_length && typed.length < option.min_length) return { error: `This option needs at least ${option.min_length} characters.` };
  if (option.max_length && typed.length > option.max_length) return { error: `This option can have at most ${option.max_length} characters.` };
  return { value: text.trim() };
}
