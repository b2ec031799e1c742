// Knows how to build DOM safely: text is text, attributes are attributes, and only `trusted` sets HTML.
// Must not know anything about channels, messages or the server.

import { waitForRelease } from "./press.js";

/**
 * Builds an element. Props starting with "on" are listeners, `class` and `dataset` do what they say,
 * true/false/null switch an attribute; children that are null or false are left out.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|number|null|undefined|false|Array<any>)} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "value") /** @type {any} */ (element).value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Puts HTML that the server has rendered and sanitised into an element: the only innerHTML of this page.
 * @template {Element} T
 * @param {T} element
 * @param {string|null|undefined} html
 * @returns {T}
 */
export function trusted(element, html) {
  element.innerHTML = html ?? "";
  return element;
}

/**
 * Renders into a container, not while something in it is pressed, and keeps the focus on the element with the same data-key.
 * @param {Element} container
 * @param {Array<Node|null|false>} children
 */
export function replace(container, children) {
  if (waitForRelease(container, () => replace(container, children))) return;
  const active = document.activeElement;
  const key = active && container.contains(active) ? active.getAttribute("data-key") : null;
  container.replaceChildren(.../** @type {Node[]} */ (children.filter(Boolean)));
  if (key) /** @type {HTMLElement|null} */ (container.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
}

/** What each place shows. @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * The same, but only when something looks different: for links, and whatever else does the same as long as it looks the same.
 * @param {Element} container
 * @param {Array<any>} children
 */
export function replaceChanged(container, children) {
  const look = children.map((child) => child?.outerHTML ?? "").join("");
  if (drawn.get(container) === look) return;
  drawn.set(container, look);
  replace(container, children);
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

let counter = 0;
/** A fresh id for aria-* references. @param {string} prefix */
export const uid = (prefix) => `${prefix}-${++counter}`;

/**
 * Only web addresses may become links or pictures.
 * @param {string|null|undefined} url
 * @returns {string|null}
 */
export function webUrl(url) {
  try {
    const parsed = new URL(url ?? "");
    return ["http:", "https:", "discord:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/**
 * A picture of this very server as a path of our origin; null for everything that would be fetched from outside.
 * @param {string|null|undefined} url
 * @returns {string|null}
 */
export function localUrl(url) {
  if (!url) return null;
  if (url.startsWith("data:image/")) return url;
  try {
    const parsed = new URL(url, location.href);
    const loopback = ["127.0.0.1", "localhost", "[::1]", location.hostname].includes(parsed.hostname);
    return loopback && parsed.port === location.port ? parsed.pathname + parsed.search : null;
  } catch {
    return null;
  }
}
