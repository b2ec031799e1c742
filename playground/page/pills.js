// Knows a chosen command while it is filled in: one pill for each option, what is asked for, what is wrong, and running it.
// Must not know how the command was found.
import { upload } from "./api.js";
import { choicesOf, localised, matching, typeName, valueOf } from "./commands.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { autocomplete, runCommand } from "./interactions.js";
import { avatar } from "./people.js";
import { botUser, state } from "./state.js";
import { Suggest } from "./suggest.js";

/** @typedef {{option: any, input: HTMLInputElement, element: HTMLElement, chosen: any, error: string|null}} Pill */

export class CommandBar {
  /** @param {HTMLElement} host @param {(text?: string) => void} leave back to the message box */
  constructor(host, leave) {
    this.host = host;
    this.leave = leave;
    /** @type {import("./commands.js").Entry|null} */ this.entry = null;
    /** @type {Pill[]} */ this.pills = [];
    this.timer = 0;
    this.asked = 0;
    this.suggest = new Suggest(host, "Choices");
    this.messageId = uid("problem");
    this.row = h("div", { class: "command-bar", role: "group", hidden: true });
    host.append(this.row);
    this.row.addEventListener("focusout", () => setTimeout(() => !this.row.contains(document.activeElement) && this.suggest.hide()));
  }

  get active() {
    return this.entry !== null;
  }

  /** @param {import("./commands.js").Entry} entry @param {string} rest text for the first option */
  open(entry, rest = "") {
    this.entry = entry;
    this.pills = [];
    const bot = botUser(entry.command.application_id);
    this.rest = h("input", { class: "rest", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off", "aria-label": "Add an option, or press Enter to run", onkeydown: (/** @type {KeyboardEvent} */ e) => this.restKey(e), oninput: () => this.showRest(), onfocus: () => this.showRest() });
    this.name = h("span", { class: "command-title" }, avatar(bot, "small"), h("b", {}, `/${entry.shown}`));
    const close = h("button", { type: "button", class: "tool", "aria-label": "Cancel the command", title: "Cancel", onclick: () => this.cancel() }, icon("close"));
    const run = h("button", { type: "submit", class: "tool send", "aria-label": `Run /${entry.shown}`, title: "Run" }, icon("send"));
    this.fields = h("div", { class: "pills" }, this.name, this.rest);
    this.row.replaceChildren(this.fields, close, run);
    this.row.setAttribute("aria-label", `Command /${entry.shown}: ${entry.description}`);
    this.row.hidden = false;
    for (const option of entry.options) if (option.required) this.add(option);
    const first = rest && !this.pills.length && entry.options.length ? this.add(entry.options[0]) : this.pills[0];
    if (first && rest) first.input.value = rest;
    (first?.input ?? this.rest).focus();
  }

  close() {
    clearTimeout(this.timer);
    this.entry = null;
    this.pills = [];
    this.suggest.hide();
    this.row.hidden = true;
    this.row.replaceChildren();
  }

  cancel(text = "") {
    this.close();
    this.leave(text);
  }

  /** @param {any} option @returns {Pill} */
  add(option) {
    const input = h("input", { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", inputmode: option.type === 4 ? "numeric" : option.type === 10 ? "decimal" : null, "aria-label": `${localised(option, "name")}: ${localised(option, "description")}${option.required ? ", required" : ""}`, dataset: { option: option.name } });
    const element = h("label", { class: option.required ? "pill-option required" : "pill-option" }, h("span", { class: "pill-name" }, localised(option, "name")), input);
    /** @type {Pill} */
    const pill = { option, input, element, chosen: null, error: null };
    if (option.type === 11) {
      input.type = "file";
      for (const name of ["role", "aria-expanded", "aria-autocomplete"]) input.removeAttribute(name);
      input.addEventListener("change", () => this.takeFile(pill));
    }
    input.addEventListener("input", () => {
      pill.chosen = null;
      this.complain(pill, null);
      this.showPill(pill);
    });
    input.addEventListener("focus", () => this.showPill(pill));
    input.addEventListener("blur", () => input.value && option.type !== 11 && this.complain(pill, valueOf(option, input.value, pill.chosen, state.route.channel).error ?? null, true));
    input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.pillKey(event, pill));
    this.pills.push(pill);
    this.fields.insertBefore(element, this.rest);
    return pill;
  }

  /** @param {Pill} pill */
  drop(pill) {
    pill.element.remove();
    this.pills = this.pills.filter((one) => one !== pill);
  }

  /** @param {Pill} pill @param {string|null} error @param {boolean} [quiet] */
  complain(pill, error, quiet = false) {
    pill.error = error;
    pill.element.classList.toggle("wrong", Boolean(error));
    if (error) pill.input.setAttribute("aria-invalid", "true");
    else pill.input.removeAttribute("aria-invalid");
    if (!quiet && error) this.showPill(pill);
  }

  /** @param {Pill} pill */
  heading(pill) {
    const { option } = pill;
    const bounds = [option.min_value !== undefined && `from ${option.min_value}`, option.max_value !== undefined && `to ${option.max_value}`].filter(Boolean).join(" ");
    return [
      h("span", { class: "option-help" }, h("b", {}, localised(option, "name")), " ", localised(option, "description")),
      h("span", { class: "keys" }, `${typeName(option)}${bounds ? ` ${bounds}` : ""}${option.required ? " · required" : ""}`),
      pill.error && h("p", { class: "problem", role: "alert", id: this.messageId }, icon("warn"), pill.error),
    ];
  }

  /** @param {Pill} pill */
  showPill(pill) {
    clearTimeout(this.timer);
    const { option, input } = pill;
    const list = (/** @type {any[]} */ choices) => choices.map((choice) => ({ row: [h("span", { class: "suggestion-text" }, h("span", { class: "suggestion-name" }, choice.name), choice.detail && h("span", { class: "suggestion-description" }, choice.detail))], pick: () => this.take(pill, choice) }));
    const fixed = choicesOf(option, state.route.channel);
    if (fixed) {
      const found = matching(fixed, pill.chosen ? "" : input.value);
      const at = pill.chosen ? found.findIndex((choice) => choice.value === pill.chosen.value) : 0;
      this.suggest.show(input, list(found), { head: this.heading(pill), active: found.length ? Math.max(at, 0) : -1 });
      return;
    }
    if (!option.autocomplete) return this.suggest.show(input, [], { head: this.heading(pill) });
    const asked = ++this.asked;
    const wait = h("span", { class: "waiting", role: "status" }, "Loading choices…");
    if (this.suggest.input !== input || !this.suggest.items.length) this.suggest.show(input, [], { head: [...this.heading(pill), wait] });
    this.timer = window.setTimeout(async () => {
      /** @type {any[]} */ let choices = [];
      let problem = "";
      try {
        choices = await autocomplete({ channel_id: state.route.channel, name: this.entry?.full, options: this.values(true).options, focused: option.name });
      } catch {
        problem = "Loading options failed. You can still type your own text.";
      }
      if (asked !== this.asked || document.activeElement !== input || !this.entry) return;
      const foot = problem || (choices.length ? "" : "No suggestions. Enter takes what you typed.");
      this.suggest.show(input, list(choices.map((choice) => ({ name: localised(choice, "name"), value: choice.value }))), { head: [...this.heading(pill), foot && h("span", { class: "waiting" }, foot)], active: -1 });
    }, 180);
  }

  /** @param {Pill} pill @param {any} choice */
  take(pill, choice) {
    pill.chosen = choice;
    pill.input.value = choice.name;
    this.complain(pill, null);
    this.next(pill);
  }

  /** @param {Pill} pill */
  async takeFile(pill) {
    const file = pill.input.files?.[0];
    pill.chosen = null;
    if (!file) return;
    try {
      const stored = await upload(file);
      pill.chosen = { name: stored.filename, value: stored.id };
      this.complain(pill, null);
    } catch (error) {
      this.complain(pill, /** @type {any} */ (error).message);
    }
  }

  /** To the next option that still needs a value, else to the end. @param {Pill} pill */
  next(pill) {
    const after = this.pills.slice(this.pills.indexOf(pill) + 1).find((one) => !one.input.value);
    (after?.input ?? this.rest).focus();
  }

  showRest() {
    clearTimeout(this.timer);
    this.asked++;
    const typed = this.rest.value.trim().toLowerCase();
    const left = (this.entry?.options ?? []).filter((option) => !this.pills.some((pill) => pill.option === option)).filter((option) => option.name.toLowerCase().includes(typed));
    const pick = (/** @type {any} */ option) => {
      this.rest.value = "";
      this.add(option).input.focus();
    };
    const head = [h("span", { class: "option-help" }, h("b", {}, `/${this.entry?.shown}`), " ", this.entry?.description), h("span", { class: "keys" }, left.length ? "Enter runs · Tab adds an option" : "Enter runs · Esc cancels")];
    this.suggest.show(this.rest, left.map((option) => ({ heading: "Optional", row: [h("span", { class: "suggestion-text" }, h("span", { class: "suggestion-name" }, h("b", {}, localised(option, "name"))), h("span", { class: "suggestion-description" }, localised(option, "description"))), h("span", { class: "suggestion-source" }, typeName(option))], pick: () => pick(option) })), { head, active: typed && left.length ? 0 : -1 });
  }

  /** @param {KeyboardEvent} event @param {Pill} pill */
  pillKey(event, pill) {
    const { input } = pill;
    if (event.key === "Tab" && !event.shiftKey && !pill.option.choices && !choicesOf(pill.option, state.route.channel) && this.suggest.active < 0 && !(this.suggest.items.length && !input.value)) {
      if (input.value) {
        event.preventDefault();
        this.next(pill);
      }
      return;
    }
    if (event.key === "Tab" && pill.chosen && !event.shiftKey) {
      event.preventDefault();
      this.next(pill);
      return;
    }
    if (event.key === "Enter" && pill.chosen) {
      event.preventDefault();
      this.run();
      return;
    }
    if (this.suggest.key(event)) return;
    if (this.common(event)) return;
    if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      const at = this.pills.indexOf(pill);
      if (!pill.option.required) this.drop(pill);
      if (at > 0) this.pills[at - 1].input.focus();
      else if (pill.option.required) this.cancel(`/${this.entry?.shown}`);
      else this.rest.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  restKey(event) {
    if (this.suggest.key(event)) return;
    if (this.common(event)) return;
    if (event.key === "Backspace" && !this.rest.value) {
      event.preventDefault();
      const last = this.pills.at(-1);
      if (last) last.input.focus();
      else this.cancel(`/${this.entry?.shown}`);
    }
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  common(event) {
    if (event.key === "Enter" && !event.isComposing) this.run();
    else if (event.key === "Escape") this.cancel();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {boolean} [loose] without complaints, for autocomplete @returns {{options: Record<string, any>, wrong: Pill|null}} */
  values(loose = false) {
    /** @type {Record<string, any>} */ const options = {};
    /** @type {Pill|null} */ let wrong = null;
    for (const pill of this.pills) {
      const { value, error } = valueOf(pill.option, pill.input.value, pill.chosen, state.route.channel);
      if (loose) {
        if (!error && value !== undefined) options[pill.option.name] = value;
        else if (document.activeElement === pill.input) options[pill.option.name] = pill.input.value;
        continue;
      }
      this.complain(pill, error ?? null, true);
      if (error) wrong ??= pill;
      else if (value !== undefined) options[pill.option.name] = value;
    }
    return { options, wrong };
  }

  run() {
    const { entry } = this;
    if (!entry) return;
    const { options, wrong } = this.values();
    if (wrong) {
      wrong.input.focus();
      this.showPill(wrong);
      return;
    }
    this.cancel();
    runCommand(entry.command, entry.full, /** @type {string} */ (state.route.channel), options);
  }
}
