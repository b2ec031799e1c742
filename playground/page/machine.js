// Knows two tabs of the panel that change the world: faults on command and the clock.
// Must not know messages.
import { announce } from "./announce.js";
import { del, get, post } from "./api.js";
import { h } from "./dom.js";
import { load, now, on, setClock } from "./state.js";
import { format } from "./time.js";

/** @param {() => Promise<any>} work @param {string} done */
async function attempt(work, done) {
  try {
    const answer = await work();
    announce(done);
    return answer;
  } catch (error) {
    announce(/** @type {any} */ (error).message, true);
    return null;
  }
}

/** Tomorrow at a time of day, in the viewer's zone. @param {number} hour @param {number} minute */
function tomorrow(hour, minute) {
  const day = new Date(now());
  day.setDate(day.getDate() + 1);
  day.setHours(hour, minute, 0, 0);
  return day;
}

export function clockTab() {
  const face = h("p", { class: "clock-face", "aria-live": "off" });
  const day = h("p", { class: "muted" });
  const draw = () => {
    face.textContent = format(now(), "T");
    day.textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "full" }).format(now());
  };
  /** @param {any} body `by`: seconds from now; the server counts its shift from real time @param {string} done */
  const change = async (body, done) => {
    const answer = await attempt(async () => post("/play/clock", body.by ? { shift: (await get("/play/clock")).shift + body.by } : body), done);
    if (!answer) return;
    if (answer.now) setClock(answer.now);
    else await load();
    draw();
  };
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;
  const button = (/** @type {string} */ text, /** @type {() => any} */ body) => h("button", { type: "button", class: "button secondary", onclick: () => change(body(), `The clock: ${text}`) }, text);
  const to = h("input", { type: "datetime-local", id: "clock-to", "aria-label": "Set the clock to" });
  on("clock", draw);
  return {
    element: h(
      "div",
      { class: "clock" },
      face,
      day,
      h("p", { class: "muted small" }, "Everything here follows this clock: timestamps, ids, and the bot if it asks the playground. It only moves forward while a bot is connected."),
      h("div", { class: "button-grid" }, button("+1 minute", () => ({ by: 60 })), button("+1 hour", () => ({ by: 3600 })), button("+1 day", () => ({ by: 86400 })), button("Skip to tomorrow 08:05", () => ({ to: tomorrow(8, 5).toISOString() }))),
      h("form", { class: "clock-set", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), to.value && change({ to: new Date(to.value).toISOString() }, "The clock was set.")) }, h("label", { for: "clock-to" }, "Set to"), to, h("button", { type: "submit", class: "button secondary" }, "Set")),
      button("Back to real time", () => ({ reset: true })),
    ),
    start: () => {
      draw();
      clearInterval(timer);
      timer = setInterval(draw, 1000);
    },
    stop: () => clearInterval(timer),
  };
}

/** What can be tried with one press. @type {{title: string, about: string, body: any}[]} */
export const FAULTS = [
  { title: "Slow to acknowledge", about: "The next callback takes 4 s: “did not respond”", body: { kind: "latency", latency: 4, path: "/callback", count: 1 } },
  { title: "Discord is down for messages", about: "The next 3 messages answer 503", body: { kind: "status", status: 503, method: "POST", path: "/messages$", count: 3 } },
  { title: "Rate limited", about: "The next 3 messages answer 429, retry after 2 s", body: { kind: "rate_limit", method: "POST", path: "/messages$", count: 3, retry_after: 2 } },
  { title: "Connection dropped", about: "The next message is cut off and not sent", body: { kind: "drop", method: "POST", path: "/messages$", count: 1 } },
  { title: "Sent, but the answer is lost", about: "The next message arrives; the bot sees a broken connection", body: { kind: "accept_then_reset", method: "POST", path: "/messages$", count: 1 } },
  { title: "Sent, but the answer is 502", about: "The next message arrives; the bot sees an error", body: { kind: "accept_then_502", method: "POST", path: "/messages$", count: 1 } },
  { title: "Banned by Cloudflare", about: "The next request answers 429 without Via", body: { kind: "cloudflare", count: 1 } },
  { title: "Everything is slow", about: "The next 20 requests take 2 s", body: { kind: "latency", latency: 2, count: 20 } },
  { title: "Gateway refuses", about: "The next 2 connections answer 503", body: { handshake_503: 2 } },
  { title: "Resuming leads nowhere", about: "The resume address is dead", body: { dead_resume: true } },
];

/** What the gateway can do to the bot. @type {{title: string, body: any}[]} */
const GATEWAY = [
  { title: "Drop the connection", body: { op: "disconnect" } },
  { title: "Ask to reconnect", body: { op: "reconnect" } },
  { title: "Invalidate the session", body: { op: "invalid_session" } },
  { title: "Close with 4000", body: { op: "close", code: 4000 } },
];

export function faultsTab() {
  const list = h("div", { class: "faults" });
  const text = h("textarea", { class: "json", id: "fault-json", rows: "5", spellcheck: "false" });
  const active = h("pre", { class: "json", tabindex: "0", "aria-label": "All switches" });
  const rules = h("ul", { class: "rules", "aria-label": "Faults now" });
  const show = (/** @type {any} */ answer) => {
    active.textContent = JSON.stringify(answer, null, 2);
    const waiting = (answer.rules ?? []).filter((/** @type {any} */ rule) => rule.count === null || rule.hits < rule.count);
    const lines = waiting.map((/** @type {any} */ rule) => `${rule.kind} ${rule.kind === "status" ? rule.status : ""} ${rule.method} ${rule.path || "every request"} · ${rule.count === null ? "until switched off" : `${rule.count - rule.hits} to come`}`);
    if (answer.handshake_503) lines.push(`gateway refuses ${answer.handshake_503} connections`);
    if (answer.dead_resume) lines.push("the resume address is dead");
    if (answer.clock_skew) lines.push(`clock skew ${answer.clock_skew} s`);
    rules.replaceChildren(...(lines.length ? lines : ["None. Everything works."]).map((/** @type {string} */ line) => h("li", {}, line)));
  };
  const refresh = async () => show(await get("/play/faults").catch((error) => ({ error: error.message })));
  const clear = h("button", { type: "button", class: "button success", onclick: async () => (await attempt(() => del("/play/faults"), "All faults are off."), refresh()) }, "All faults off");
  for (const fault of FAULTS) list.append(h("button", { type: "button", class: "fault", onclick: async () => (await attempt(() => post("/play/faults", fault.body), `${fault.title}: on`), refresh()) }, h("strong", {}, fault.title), h("span", { class: "muted small" }, fault.about)));
  const gateway = h("div", { class: "button-grid" }, GATEWAY.map(({ title, body }) => h("button", { type: "button", class: "button secondary", onclick: () => attempt(() => post("/play/gateway", body), `Gateway: ${title}`) }, title)));
  const own = h("form", { onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    await attempt(async () => post("/play/faults", JSON.parse(text.value)), "The fault is on.");
    refresh();
  } }, h("label", { for: "fault-json", class: "field-label" }, "A fault of your own, as JSON"), text, h("button", { type: "submit", class: "button secondary" }, "Switch on"));
  return { element: h("div", {}, h("p", { class: "muted small" }, "Discord on a bad day, to see how the bot takes it."), list, clear, h("h3", {}, "Now"), rules, h("details", {}, h("summary", {}, "All switches, as JSON"), active), h("h3", {}, "Gateway"), gateway, own), start: refresh };
}
