// Knows the form that a bot opens: text inputs, labels, selects, radio and checkbox groups; checks and submits it.
// Must not know who opened it.
import { announce } from "./announce.js";
import { upload } from "./api.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { submitModal } from "./interactions.js";
import { markdown } from "./markdown.js";
import { avatar } from "./people.js";
import { select } from "./select.js";
import { botUser, on } from "./state.js";

/** @typedef {{id: string, element: HTMLElement, control: HTMLElement, value: () => any, problem: () => string|null}} Field */

/** @param {any} component @param {string} label @param {string} describedby @returns {Field} */
function textInput(component, label, describedby) {
  const common = { id: uid("field"), placeholder: component.placeholder, "aria-describedby": describedby, "aria-required": component.required === false ? null : "true", maxlength: component.max_length, dataset: { customId: component.custom_id } };
  const control = component.style === 2 ? h("textarea", { ...common, rows: "4" }) : h("input", { ...common, type: "text", autocomplete: "off" });
  control.value = component.value ?? "";
  const problem = () => {
    const length = [...control.value].length;
    if (!control.value.trim()) return component.required === false && !length ? null : "This field is required";
    if (component.min_length && length < component.min_length) return `Write at least ${component.min_length} characters`;
    return null;
  };
  return { id: component.custom_id, element: control, control, value: () => control.value, problem };
}

/** Radio (21), checkbox group (22), one checkbox (23). @param {any} component @param {string} label @returns {Field} */
function boxes(component, label) {
  const single = component.type === 21;
  const options = component.type === 23 ? [{ label, value: "true", default: component.default }] : (component.options ?? []);
  const group = uid("group");
  const inputs = options.map((/** @type {any} */ option) => h("input", { type: single ? "radio" : "checkbox", name: group, checked: Boolean(option.default), value: String(option.value), dataset: { customId: component.custom_id } }));
  const element = h("div", { class: "boxes", role: single ? "radiogroup" : "group", "aria-label": label }, options.map((/** @type {any} */ option, /** @type {number} */ at) => h("label", { class: "box-line" }, inputs[at], h("span", {}, option.label, option.description && h("span", { class: "muted small block" }, option.description)))));
  const chosen = () => inputs.filter((/** @type {any} */ input) => input.checked).map((/** @type {any} */ input) => input.value);
  const least = component.required === false || component.type === 23 ? 0 : (component.min_values ?? 1);
  return {
    id: component.custom_id,
    element,
    control: inputs[0],
    value: () => (component.type === 23 ? chosen().length > 0 : single ? (chosen()[0] ?? null) : chosen()),
    problem: () => (chosen().length < least ? "Choose at least one" : component.max_values && chosen().length > component.max_values ? `Choose at most ${component.max_values}` : null),
  };
}

/** @param {any} component @param {string} label @param {string} describedby @returns {Field} */
function fileInput(component, label, describedby) {
  /** @type {string[]} */ let ids = [];
  let problem = /** @type {string|null} */ (null);
  const take = async () => {
    ids = [];
    problem = "The file is still on its way";
    try {
      for (const file of control.files) ids.push((await upload(file)).id);
      problem = null;
    } catch (error) {
      problem = /** @type {any} */ (error).message;
    }
  };
  const control = h("input", { type: "file", id: uid("field"), multiple: (component.max_values ?? 1) > 1, "aria-label": label, "aria-describedby": describedby, onchange: take, dataset: { customId: component.custom_id } });
  return { id: component.custom_id, element: control, control, value: () => ids, problem: () => problem ?? (component.required !== false && !ids.length ? "This field is required" : null) };
}

/** @param {any} component @param {string} label @param {string} describedby @param {string} channel @returns {Field} */
function field(component, label, describedby, channel) {
  if (component.type === 4) return textInput(component, label, describedby);
  if (component.type === 19) return fileInput(component, label, describedby);
  if (component.type >= 21) return boxes(component, label);
  const made = select({ ...component, min_values: component.required === false ? 0 : (component.min_values ?? 1) }, channel, () => {}, { label, describedby });
  return { id: component.custom_id, element: made.element, control: made.button, value: made.values, problem: () => (component.required !== false && !made.values().length ? "This field is required" : null) };
}

/** @param {any} modal @param {any} interaction @param {string} channel */
function open(modal, interaction, channel) {
  /** @type {{field: Field, error: HTMLElement}[]} */
  const fields = [];
  /** @param {any} component @param {string} label @param {string} description */
  const block = (component, label, description) => {
    const describe = uid("about");
    const error = h("p", { class: "field-error", role: "alert" });
    const made = field(component, label, describe, channel);
    fields.push({ field: made, error });
    const required = component.required !== false && component.type !== 23;
    const title = component.type >= 21 || component.type === 3 || (component.type >= 5 && component.type <= 8) ? h("span", { class: "field-label" }, label) : h("label", { class: "field-label", for: made.control.id }, label);
    if (required) title.append(h("span", { class: "star", "aria-hidden": "true" }, " *"));
    return h("div", { class: "field" }, title, h("p", { class: "muted small", id: describe }, description), made.element, error);
  };
  const parts = (modal.components ?? []).flatMap((/** @type {any} */ component, /** @type {number} */ at) => {
    if (component.type === 18) return [block(component.component, component.label, component.description ?? "")];
    if (component.type === 1) return component.components.map((/** @type {any} */ inner) => block(inner, inner.label ?? inner.placeholder ?? inner.custom_id, ""));
    if (component.type === 10) return [markdown("div", "text-display", component.html ?? modal.html?.[at], component.content)];
    return [block(component, component.label ?? component.custom_id, "")];
  });
  const bot = botUser(interaction.application_id);
  const title = uid("title");
  const failure = h("p", { class: "form-error", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit" }, "Submit");
  const back = /** @type {HTMLElement|null} */ (document.activeElement);
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": title },
    h(
      "form",
      { method: "dialog", novalidate: true },
      h("header", { class: "modal-head" }, avatar(bot), h("h2", { id: title }, modal.title), h("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
      h("div", { class: "modal-body" }, h("p", { class: "modal-note" }, icon("warn"), `This form goes to ${bot.username}. Do not share passwords or other secrets.`), parts, failure),
      h("footer", { class: "modal-foot" }, h("button", { class: "button plain-button", type: "button", onclick: () => dialog.close() }, "Cancel"), submit),
    ),
  );
  dialog.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    let first = null;
    for (const { field: one, error } of fields) {
      error.textContent = one.problem() ?? "";
      one.control.toggleAttribute("aria-invalid", Boolean(error.textContent));
      if (error.textContent) {
        one.control.setAttribute("aria-invalid", "true");
        first ??= one;
      }
    }
    if (first) return first.control.focus();
    submit.setAttribute("aria-busy", "true");
    const values = Object.fromEntries(fields.map(({ field: one }) => [one.id, one.value()]));
    const result = await submitModal(interaction.id, channel, values);
    submit.removeAttribute("aria-busy");
    if (result.state === "failed") failure.textContent = result.refused ? result.error : "Something went wrong. Try again.";
    else dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (back?.isConnected && back !== document.body ? back : document.getElementById("message-box"))?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.field.control.focus();
  announce(`Form: ${modal.title}`);
}

export function setUpModals() {
  on("modal", ({ interaction, channel }) => open(interaction.modal, interaction, channel));
}
