// Knows the right side: who is in this channel, grouped by hoisted role, online before offline.
// Must not know messages; the menu of a person is menus.js.
import { byId, h, replace } from "./dom.js";
import { roving } from "./keys.js";
import { badge, name, online, presence } from "./people.js";
import { openUserMenu } from "./menus.js";
import { displayName, member, on, others, place, state, user } from "./state.js";

/** @param {any} guild */
function groups(guild) {
  const hoisted = (guild.roles ?? []).filter((/** @type {any} */ role) => role.hoist).sort((/** @type {any} */ a, /** @type {any} */ b) => b.position - a.position);
  /** @type {Map<string, any[]>} */
  const result = new Map();
  const people = (guild.members ?? []).map((/** @type {any} */ one) => ({ roles: one.roles ?? [], person: user(one.user?.id ?? one.user_id) }));
  people.sort((/** @type {any} */ a, /** @type {any} */ b) => displayName(a.person, guild).localeCompare(displayName(b.person, guild)));
  for (const role of hoisted) result.set(role.name, []);
  for (const title of ["Online", "Offline"]) result.set(title, []);
  for (const { roles, person } of people) {
    const role = hoisted.find((/** @type {any} */ one) => roles.includes(one.id));
    result.get(online(person) ? (role?.name ?? "Online") : "Offline")?.push(person);
  }
  return [...result].filter(([, list]) => list.length > 0);
}

/** What is said under the name: the owner, or the highest role that is not a group of its own. @param {any} person @param {any} guild */
function roleName(person, guild) {
  if (guild.owner_id === person.id) return "Owner";
  const held = member(guild, person.id)?.roles ?? [];
  const role = (guild.roles ?? []).filter((/** @type {any} */ one) => held.includes(one.id) && !one.hoist && !one.managed).sort((/** @type {any} */ a, /** @type {any} */ b) => b.position - a.position)[0];
  return role?.name ?? null;
}

/** @param {any} person @param {any} guild */
function row(person, guild) {
  const away = !online(person);
  const standing = guild ? roleName(person, guild) : null;
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: `member ${away ? "away" : ""}`,
        type: "button",
        "aria-haspopup": "menu",
        dataset: { key: `member-${person.id}`, user: person.id },
        onclick: (/** @type {MouseEvent} */ event) => openUserMenu(person, /** @type {HTMLElement} */ (event.currentTarget), event),
        oncontextmenu: (/** @type {MouseEvent} */ event) => {
          event.preventDefault();
          openUserMenu(person, /** @type {HTMLElement} */ (event.currentTarget), event);
        },
      },
      presence(person),
      h("span", { class: "member-text" }, name(person, guild), standing && h("span", { class: "member-role" }, standing)),
      person.bot && badge(),
      away && h("span", { class: "sr" }, ", offline"),
    ),
  );
}

export function setUpMembers() {
  const refresh = roving(byId("members"), ".member");
  const render = () => {
    const found = place(state.route.channel);
    const aside = byId("members");
    if (!found) {
      aside.replaceChildren();
      return;
    }
    const list = found.guild ? groups(found.guild) : /** @type {[string, any[]][]} */ ([["In this conversation", [state.me, ...others(found.channel)]]]);
    replace(
      aside,
      list.flatMap(([title, people]) => [h("h2", { class: "category" }, `${title} — ${people.length}`), h("ul", { class: "member-list", "aria-label": title }, people.map((person) => row(person, found.guild)))]),
    );
    refresh();
  };
  on("state", render);
  on("route", render);
}
