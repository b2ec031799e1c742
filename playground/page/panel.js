// Knows the side panel for the curious: its tabs, and that it can be opened and closed.
// Must not know what the tabs show (inspect.js, machine.js).
import { byId, h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { roving } from "./keys.js";
import { interactionsTab, messageTab, requestsTab, selectMessage } from "./inspect.js";
import { clockTab, faultsTab } from "./machine.js";
import { emit, on } from "./state.js";

/** @type {{id: string, title: string, tab: () => {element: HTMLElement, start?: () => void, stop?: () => void}}[]} */
const TABS = [
  { id: "message", title: "Message", tab: messageTab },
  { id: "interactions", title: "Interactions", tab: interactionsTab },
  { id: "requests", title: "Requests", tab: requestsTab },
  { id: "faults", title: "Faults", tab: faultsTab },
  { id: "clock", title: "Clock", tab: clockTab },
];

/** @type {Map<string, any>} */
const made = new Map();
let current = "message";
let opened = false;
/** @type {HTMLElement|null} */
let back = null;

/** @param {string} id */
function show(id) {
  if (current !== id) made.get(current)?.stop?.();
  current = id;
  for (const { id: one } of TABS) {
    const chosen = one === id;
    byId(`tab-${one}`).setAttribute("aria-selected", String(chosen));
    byId(`tab-${one}`).tabIndex = chosen ? 0 : -1;
    byId(`pane-${one}`).hidden = !chosen;
  }
  if (opened) made.get(id)?.start?.();
}

function build() {
  const tabs = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Behind the scenes" },
    TABS.map(({ id, title }) => h("button", { type: "button", class: "tab", role: "tab", id: `tab-${id}`, "aria-controls": `pane-${id}`, "aria-selected": "false", onclick: () => show(id) }, title)),
  );
  const panes = TABS.map(({ id, tab }) => {
    const entry = tab();
    made.set(id, entry);
    return h("div", { class: "pane", role: "tabpanel", id: `pane-${id}`, "aria-labelledby": `tab-${id}`, tabindex: "0", hidden: true }, entry.element);
  });
  replace(byId("panel"), [
    h("header", { class: "panel-head" }, h("h2", {}, "Behind the scenes"), h("button", { type: "button", class: "tool", "aria-label": "Close the panel", onclick: () => setOpen(false) }, icon("close"))),
    tabs,
    ...panes,
  ]);
  roving(tabs, ".tab", { horizontal: true });
  tabs.addEventListener("focusin", (/** @type {FocusEvent} */ event) => {
    const id = /** @type {Element} */ (event.target).id?.replace("tab-", "");
    if (id && id !== current && made.has(id)) show(id);
  });
}

/** On small screens the panel lies over the conversation, which must not be reached then. */
const covers = () => matchMedia("(max-width: 767px)").matches;
function cover() {
  byId("chat").inert = opened && covers();
}

/** @param {boolean} open */
export function setOpen(open) {
  if (open === opened) return;
  opened = open;
  if (open) back = /** @type {HTMLElement|null} */ (document.activeElement);
  byId("panel").hidden = !open;
  byId("app").classList.toggle("with-panel", open);
  cover();
  localStorage.setItem("panel", open ? "open" : "");
  if (open) {
    made.get(current)?.start?.();
    if (covers()) byId(`tab-${current}`).focus();
  } else {
    made.get(current)?.stop?.();
    (back?.isConnected && back.checkVisibility() ? back : byId("panel-button"))?.focus();
  }
  emit("panel", open);
}

export const panelOpen = () => opened;

export function setUpPanel() {
  build();
  show(current);
  if (localStorage.getItem("panel") && innerWidth > 1100) setOpen(true);
  byId("panel").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !event.defaultPrevented) setOpen(false);
  });
  matchMedia("(max-width: 767px)").addEventListener("change", cover);
  on("inspect", (message) => {
    selectMessage(message);
    setOpen(true);
    show("message");
    byId("tab-message").focus();
  });
}
