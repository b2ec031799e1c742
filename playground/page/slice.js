// Knows which part of a long list is drawn: it grows to a limit, then it slides.
// Must not know what is in the list, nor the DOM.

const STEP = 50;
const MOST = 200;

export class Slice {
  constructor() {
    this.size = STEP + 10;
    /** @type {string|null} the last one drawn; null: the newest, whatever comes */
    this.last = null;
  }

  /** Back to the newest. */
  reset() {
    this.size = STEP + 10;
    this.last = null;
  }

  /**
   * @param {{id: string}[]} list
   * @returns {[number, number]}
   */
  bounds(list) {
    const at = this.last === null ? -1 : list.findIndex((one) => one.id === this.last);
    const end = at < 0 ? list.length : at + 1;
    return [Math.max(0, end - this.size), end];
  }

  /**
   * @template {{id: string}} T
   * @param {T[]} list
   * @returns {T[]}
   */
  of(list) {
    return list.slice(...this.bounds(list));
  }

  /** Whether nothing older is in the list than what is drawn. @param {{id: string}[]} list */
  atStart(list) {
    return this.bounds(list)[0] === 0;
  }

  /** Towards the older ones. @param {{id: string}[]} list */
  up(list) {
    const [start, end] = this.bounds(list);
    if (this.size < MOST) this.size += STEP;
    else if (start > 0) this.last = list[Math.max(this.size, end - STEP) - 1].id;
  }

  /** Towards the newer ones. @param {{id: string}[]} list @returns {boolean} whether something changed */
  down(list) {
    if (this.last === null) return false;
    const end = this.bounds(list)[1] + STEP;
    this.last = end >= list.length ? null : list[end - 1].id;
    return true;
  }

  /** To one of the list. @param {{id: string}[]} list @param {string} id */
  to(list, id) {
    const at = list.findIndex((one) => one.id === id);
    if (at < 0) return;
    this.size = MOST;
    const end = Math.min(list.length, at + STEP);
    this.last = end >= list.length ? null : list[end - 1].id;
  }
}
