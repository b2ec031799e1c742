// Knows the list of suggestions over the message box: one is marked, the keyboard stays in the box.
// Must not know what is suggested.
import { h, uid } from "./dom.js";

/** @typedef {{row: Node[], pick: () => void, heading?: string}} Suggestion */

export class Suggest {
  /** @param {HTMLElement} host where the list floats @param {string} label */
  constructor(host, label) {
    this.id = uid("suggest");
    this.head = h("div", { class: "suggest-head" });
    this.list = h("div", { class: "suggest-list", role: "listbox", tabindex: "0", id: this.id, "aria-label": label });
    this.box = h("div", { class: "suggest", hidden: true }, this.head, this.list);
    this.box.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault());
    /** @type {Suggestion[]} */ this.items = [];
    /** @type {HTMLElement[]} */ this.rows = [];
    /** @type {HTMLElement|null} */ this.input = null;
    this.active = -1;
    host.append(this.box);
  }

  get open() {
    return !this.box.hidden;
  }

  /**
   * @param {HTMLElement} input keeps the focus
   * @param {Suggestion[]} items
   * @param {{head?: (Node|string|null|false)[], active?: number}} [options]
   */
  show(input, items, options = {}) {
    if (this.input && this.input !== input) this.release();
    this.input = input;
    this.items = items;
    this.head.replaceChildren(.../** @type {Node[]} */ ((options.head ?? []).filter(Boolean)));
    this.head.hidden = !this.head.childNodes.length;
    this.list.replaceChildren();
    let heading = "";
    this.rows = items.map((item, at) => {
      if (item.heading && item.heading !== heading) this.list.append(h("div", { class: "suggest-heading", role: "presentation" }, item.heading));
      heading = item.heading ?? heading;
      const row = h("div", { class: "suggestion", role: "option", id: `${this.id}-${at}`, "aria-selected": "false" }, item.row);
      row.addEventListener("click", () => item.pick());
      row.addEventListener("pointermove", () => this.active !== at && this.mark(at, false));
      this.list.append(row);
      return row;
    });
    this.list.hidden = !items.length;
    this.box.hidden = !items.length && this.head.hidden;
    if (items.length) {
      input.setAttribute("aria-controls", this.id);
      if (input.getAttribute("role") === "combobox") input.setAttribute("aria-expanded", "true");
    } else this.release();
    this.mark(options.active ?? -1, true);
  }

  /** @param {number} at @param {boolean} scroll */
  mark(at, scroll) {
    this.active = at;
    for (const [index, row] of this.rows.entries()) row.setAttribute("aria-selected", String(index === at));
    if (at >= 0 && this.rows[at]) {
      this.input?.setAttribute("aria-activedescendant", this.rows[at].id);
      if (scroll) this.rows[at].scrollIntoView({ block: "nearest" });
    } else this.input?.removeAttribute("aria-activedescendant");
  }

  release() {
    this.input?.removeAttribute("aria-activedescendant");
    this.input?.removeAttribute("aria-controls");
    if (this.input?.getAttribute("role") === "combobox") this.input.setAttribute("aria-expanded", "false");
  }

  hide() {
    this.box.hidden = true;
    this.items = [];
    this.rows = [];
    this.active = -1;
    this.release();
  }

  /** Arrows move, Tab takes the marked one or the first, Enter the marked one. @param {KeyboardEvent} event @returns {boolean} used */
  key(event) {
    if (!this.open || !this.items.length || event.isComposing) return false;
    const count = this.items.length;
    if (event.key === "ArrowDown") this.mark((this.active + 1) % count, true);
    else if (event.key === "ArrowUp") this.mark(this.active <= 0 ? count - 1 : this.active - 1, true);
    else if (event.key === "Enter" && !event.shiftKey && this.active >= 0) this.items[this.active].pick();
    else if (event.key === "Tab" && !event.shiftKey) this.items[Math.max(this.active, 0)].pick();
    else return false;
    event.preventDefault();
    return true;
  }
}
