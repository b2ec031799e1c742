// Knows three tabs of the panel: a message's JSON, the interactions of this page, the bot's REST requests.
// Must not know how the panel opens.
import { get } from "./api.js";
import { h } from "./dom.js";
import { history } from "./interactions.js";
import { newest } from "./messages.js";
import { on } from "./state.js";
import { format } from "./time.js";

/** @type {any} */
let selected = null;
/** @type {() => void} */
let redraw = () => {};

/** @param {any} message */
export function selectMessage(message) {
  selected = message;
  redraw();
}

/** Discord's part of a message: what only this page uses is left out. @param {any} message */
function plain(message) {
  const { html, local, pending, ...rest } = message;
  return rest;
}

export function messageTab() {
  const title = h("p", { class: "muted small" });
  const code = h("pre", { class: "json", tabindex: "0", "aria-label": "Message as JSON" });
  const render = () => {
    const message = selected ?? newest();
    title.textContent = message ? (selected ? "The message you chose, as Discord's API has it." : "The newest message here. Choose another with its </> button.") : "No message here yet.";
    code.hidden = !message;
    code.textContent = message ? JSON.stringify(plain(message), null, 2) : "";
  };
  redraw = render;
  on("channel", () => ((selected = null), render()));
  on("event", ({ name, data }) => {
    if (selected && name === "MESSAGE_UPDATE" && data.id === selected.id) selected = { ...selected, ...data };
    if (name.startsWith("MESSAGE_")) queueMicrotask(render);
  });
  return { element: h("div", {}, title, code), start: render };
}

/** @param {any} interaction */
function timeline(interaction) {
  const steps = interaction.timeline ?? [];
  const end = Math.max(3000, ...steps.map((/** @type {any} */ step) => step.at_ms ?? 0));
  const rows = steps.map((/** @type {any} */ step) => {
    const dot = h("span", { class: "step-bar", "aria-hidden": "true" }, h("i"));
    dot.firstElementChild.style.setProperty("width", `${Math.max(1, Math.round(((step.at_ms ?? 0) / end) * 100))}%`);
    return h("li", {}, h("span", { class: "step-at" }, `${Math.round(step.at_ms ?? 0)} ms`), h("span", { class: "step-what" }, step.what), dot);
  });
  return h("ol", { class: "steps" }, rows);
}

export function interactionsTab() {
  const box = h("div", { class: "history" });
  const render = () => {
    if (!history.length) return box.replaceChildren(h("p", { class: "muted small" }, "Run a command or press a button: here you see when the bot acknowledged it (Discord allows 3,000 ms) and what followed."));
    box.replaceChildren(
      ...history.map((one) =>
        h(
          "article",
          { class: `interaction is-${one.state}` },
          h("header", {}, h("strong", {}, one.what), h("span", { class: `state state-${one.state}` }, one.state)),
          h("p", { class: "muted small" }, one.acknowledged_ms === null || one.acknowledged_ms === undefined ? (one.error ?? "Not acknowledged.") : `Acknowledged after ${Math.round(one.acknowledged_ms)} ms`, ` · ${format(one.at, "T")}`),
          timeline(one),
          h("details", {}, h("summary", {}, "As JSON"), h("pre", { class: "json", tabindex: "0" }, JSON.stringify(one, null, 2))),
        ),
      ),
    );
  };
  on("interaction", render);
  return { element: box, start: render };
}

export function requestsTab() {
  let last = 0;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;
  const list = h("tbody");
  const table = h("table", { class: "requests" }, h("caption", { class: "sr" }, "REST requests of the bots, newest first"), h("thead", {}, h("tr", {}, ["Status", "Request", "ms"].map((text) => h("th", { scope: "col" }, text)))), list);
  const empty = h("p", { class: "muted small" }, "No request yet. Everything the bot asks of Discord's REST API is listed here.");
  const load = async () => {
    const rows = await get("/play/requests", { after: last }).catch(() => []);
    for (const row of rows) {
      last = Math.max(last, row.n);
      const path = String(row.path).replace(/^\/api\/v\d+/, "").replace(/[\w-]{60,}/, "…"); // a token is long, secret and says nothing
      const body = row.body === null || row.body === undefined || row.body === "" ? null : typeof row.body === "string" ? row.body : JSON.stringify(row.body, null, 2);
      list.prepend(
        h(
          "tr",
          { class: `status-${String(row.status).charAt(0)}` },
          h("td", {}, h("span", { class: "status" }, String(row.status))),
          h("td", {}, body ? h("details", {}, h("summary", {}, h("b", {}, row.method), " ", path), h("pre", { class: "json", tabindex: "0" }, body.slice(0, 20000))) : h("span", {}, h("b", {}, row.method), " ", path)),
          h("td", { class: "number" }, String(Math.round(row.ms ?? 0))),
        ),
      );
    }
    while (list.childElementCount > 300) list.lastElementChild.remove();
    table.hidden = !list.childElementCount;
    empty.hidden = !table.hidden;
  };
  return {
    element: h("div", {}, empty, table),
    start: () => {
      load();
      clearInterval(timer);
      timer = setInterval(load, 1500);
    },
    stop: () => clearInterval(timer),
  };
}
