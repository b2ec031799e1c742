// Knows how to float something over the page next to an anchor, and how it goes away: Escape, click elsewhere, focus lost.
// Must not know what floats.
import { byId } from "./dom.js";

/** @type {(() => void)|null} */
let closeCurrent = null;

/** Closes what floats, if anything does. */
export function closePopup() {
  closeCurrent?.();
}

export const popupOpen = () => closeCurrent !== null;

/**
 * @param {HTMLElement} element what floats
 * @param {Element|{x: number, y: number}} anchor an element, or a point
 * @param {{onclose?: (chosen: boolean) => void, match?: boolean, above?: boolean, keep?: boolean}} [options]
 *   match: as wide as the anchor; above: prefer above; keep: the anchor keeps the focus and may be clicked
 * @returns {(chosen?: boolean) => void} closes it
 */
export function popup(element, anchor, options = {}) {
  closePopup();
  const host = anchor instanceof Element ? (anchor.closest("dialog") ?? byId("layer")) : byId("layer");
  element.classList.add("popup");
  host.append(element);
  const place = () => {
    const box = anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0);
    if (options.match) element.style.setProperty("min-width", `${box.width}px`);
    const room = { width: element.offsetWidth, height: element.offsetHeight };
    const below = innerHeight - box.bottom - 8;
    const up = options.above ? box.top - 8 >= Math.min(room.height, 200) || box.top > below : below < room.height && box.top > below;
    element.style.setProperty("max-height", `${Math.max(120, up ? box.top - 12 : below)}px`);
    const height = Math.min(room.height, up ? box.top - 12 : below);
    element.style.setProperty("left", `${Math.max(8, Math.min(box.left, innerWidth - room.width - 8))}px`);
    element.style.setProperty("top", `${Math.max(8, up ? box.top - height - 4 : box.bottom + 4)}px`);
  };
  /** @param {boolean} [chosen] */
  const close = (chosen = false) => {
    if (closeCurrent !== close) return;
    closeCurrent = null;
    stop.abort();
    element.remove();
    options.onclose?.(chosen);
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener(
    "pointerdown",
    (event) => {
      const target = /** @type {Node} */ (event.target);
      if (!element.contains(target) && !(anchor instanceof Element && anchor.contains(target))) close();
    },
    { signal, capture: true },
  );
  addEventListener("resize", place, { signal });
  byId("scroller").addEventListener("wheel", () => !options.keep && close(), { signal, passive: true });
  closeCurrent = close;
  place();
  return close;
}
