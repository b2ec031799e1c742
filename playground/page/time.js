// Knows how instants look in the viewer's language and keeps relative times ticking by the server's clock.
// Must not know messages.
import { locale, now, on } from "./state.js";

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { hour: "numeric", minute: "2-digit" },
  T: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
  s: { day: "2-digit", month: "2-digit", year: "numeric", hour: "numeric", minute: "2-digit" },
  S: { day: "2-digit", month: "2-digit", year: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {number} at milliseconds @param {string} style one of Discord's letters */
export function format(at, style) {
  if (style === "R") return relative(at);
  const key = `${locale()}|${style}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), STYLES[style] ?? STYLES.f));
  return /** @type {Intl.DateTimeFormat} */ (formats.get(key)).format(at);
}

/** @param {number} at */
export function relative(at) {
  const seconds = Math.round((at - now()) / 1000);
  const speech = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const [unit, size] of units) if (Math.abs(seconds) >= size) return speech.format(Math.round(seconds / size), unit);
  return speech.format(seconds, "second");
}

/** Local midnight of an instant, to group messages by day. @param {number} at */
export const dayOf = (at) => new Date(at).setHours(0, 0, 0, 0);

/** Header of a message: "Today at 9:05 AM" as Discord has it. @param {number} at */
export function stamp(at) {
  const days = Math.round((dayOf(now()) - dayOf(at)) / 86400000);
  if (days === 0) return format(at, "t");
  if (days === 1) {
    const word = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-1, "day");
    return `${word.charAt(0).toLocaleUpperCase(locale())}${word.slice(1)}, ${format(at, "t")}`;
  }
  return format(at, "s");
}

/** When a <time> of the page is, in milliseconds. @param {Element} element */
function instant(element) {
  const unix = element.getAttribute("data-unix") ?? element.getAttribute("data-timestamp");
  return unix ? Number(unix) * 1000 : Date.parse(element.getAttribute("datetime") ?? "");
}

/** Writes every <time> under an element in the viewer's language. @param {ParentNode} root */
export function localise(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = instant(element);
    if (!Number.isFinite(at)) continue;
    const style = element.getAttribute("data-style") || element.getAttribute("data-format") || "f";
    const text = style === "stamp" ? stamp(at) : format(at, style);
    if (element.textContent !== text) element.textContent = text;
    if (!element.hasAttribute("title")) element.setAttribute("title", format(at, "F"));
  }
}

/** Starts the ticking of what is relative or says "today". */
export function tick() {
  const update = () => localise(document);
  setInterval(() => {
    for (const element of document.querySelectorAll('time[data-style="R"]')) {
      const text = relative(instant(element));
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
  on("clock", update);
  on("state", update);
}
