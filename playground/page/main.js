// Knows the order in which the page wakes up, and what live events mean for the lists.
// Must not know how anything looks.
import { announce, hush } from "./announce.js";
import { open, setUpChannels } from "./channels.js";
import { setUpComposer } from "./composer.js";
import { connect, disconnect } from "./events.js";
import { setUpInteractions } from "./interactions.js";
import { setUpMembers } from "./members.js";
import { openUserMenu } from "./menus.js";
import { setUpMessages } from "./messages.js";
import { setUpModals } from "./modal.js";
import { setUpPanel } from "./panel.js";
import { arrive, follow, setUpShell } from "./shell.js";
import { displayName, emit, load, on, setClock, state } from "./state.js";
import { tick } from "./time.js";
import { setUpUser } from "./user.js";

/** @type {ReturnType<typeof setTimeout>|undefined} */
let stale;

/** Asks for the state again, once for many reasons. */
function refresh() {
  clearTimeout(stale);
  stale = setTimeout(async () => {
    const bots = JSON.stringify(state.bots.map((bot) => bot.online));
    const before = state.route.channel;
    await load().catch(() => {});
    if (bots !== JSON.stringify(state.bots.map((bot) => bot.online))) for (const bot of state.bots) announce(`${bot.name} is ${bot.online ? "online" : "offline"}`);
    follow();
    if (before === state.route.channel) emit("refreshed");
  }, 120);
}

/** Waits until the server is there. @param {string|null|undefined} as */
async function first(as) {
  for (let pause = 300; ; pause = Math.min(3000, pause * 1.5)) {
    try {
      return await load(as);
    } catch (error) {
      if (as && /** @type {any} */ (error).status >= 400) {
        as = null;
        continue;
      }
      state.connected = false;
      emit("connection", { again: false });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Becomes another person. @param {string} id */
async function become(id) {
  disconnect();
  hush();
  await first(id);
  state.route = { guild: "", channel: null }; // now, not before: a refresh meanwhile opens what the person before had open
  history.replaceState(null, "", `#/${state.me.id}`);
  localStorage.setItem("person", state.me.id);
  document.documentElement.lang = "en";
  follow();
  if (!state.route.channel) arrive();
  emit("people");
  connect();
  announce(`You are ${displayName(state.me)} now.`);
}

async function start() {
  for (const part of [setUpShell, setUpChannels, setUpMembers, setUpMessages, setUpComposer, setUpModals, setUpUser, setUpPanel, setUpInteractions]) part();
  on("become", become);
  on("stale", refresh);
  on("mention", ({ kind, id, text, element }) => {
    if (kind === "channel") open(id);
    else if (kind === "command") emit("compose", text);
    else if (state.users.has(id)) openUserMenu(state.users.get(id), element, null);
  });
  on("connection", ({ again }) => {
    if (!again) return;
    refresh();
    emit("catch-up");
  });
  on("event", ({ name, data }) => {
    if (name === "CLOCK" || name === "HELLO") setClock(data.now);
    else if (!/^(MESSAGE_|TYPING_|INTERACTION_)/.test(name)) refresh();
  });
  const wanted = location.hash.split("/")[1] || localStorage.getItem("person") || undefined;
  await first(wanted);
  state.route = { guild: "", channel: null };
  follow();
  if (!state.route.channel) arrive();
  tick();
  connect();
}

start();
