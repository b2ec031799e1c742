// Knows keyboard patterns: one tab stop per list with arrow keys inside, and focus kept inside a dialog.
// Must not know what is in the lists.

/**
 * One tab stop for many items: arrows, Home and End move, Tab leaves. Call the result after every rendering.
 * @param {HTMLElement} container
 * @param {string} selector
 * @param {{horizontal?: boolean, last?: boolean}} [options] `last`: the last item is the first stop
 * @returns {() => void}
 */
export function roving(container, selector, options = {}) {
  const items = () => /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]).filter((item) => item.checkVisibility());
  const all = () => /** @type {HTMLElement[]} */ ([...container.querySelectorAll(selector)]);
  const refresh = () => {
    const list = all();
    const focused = list.find((item) => item === document.activeElement);
    const current = focused ?? list.find((item) => item.hasAttribute("aria-current")) ?? (options.last ? list.at(-1) : list[0]);
    for (const item of list) item.tabIndex = item === current ? 0 : -1;
  };
  container.addEventListener("focusin", (event) => {
    const item = /** @type {Element} */ (event.target).closest(selector);
    if (!item || item !== event.target) return;
    for (const other of all()) other.tabIndex = other === item ? 0 : -1;
  });
  container.addEventListener("keydown", (event) => {
    const item = /** @type {HTMLElement} */ (event.target);
    if (!item.matches?.(selector) || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = items();
    const at = list.indexOf(item);
    const [back, forward] = options.horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const next = { [back]: Math.max(0, at - 1), [forward]: Math.min(list.length - 1, at + 1), Home: 0, End: list.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    list[next].focus();
    list[next].scrollIntoView({ block: "nearest" });
  });
  refresh();
  return refresh;
}

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** @param {ParentNode} root @returns {HTMLElement[]} */
export const focusable = (root) => /** @type {HTMLElement[]} */ ([...root.querySelectorAll(FOCUSABLE)]).filter((item) => item.checkVisibility());
