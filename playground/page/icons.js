// Knows the page's own line icons (24×24, drawn for this page) and how to build them as inline SVG.
// Must not know where they are used.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  thread: "M5 4v9a3 3 0 0 0 3 3h11M15 12l4 4-4 4M10 5h9M10 9h6",
  forum: "M4 5h13v9H9l-5 4zM20 9v11l-4-3h-6",
  megaphone: "M4 10v4l3 .5L8.5 20h3L10 15l9 4V5L7 9.5z",
  voice: "M4 9v6h4l5 4V5L8 9zM17 9a4 4 0 0 1 0 6",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  home: "M4 6h16v11h-8l-5 4v-4H4zM8.5 10h7M8.5 13h4",
  at: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM16 8v5.5a2.3 2.3 0 0 0 4.5 0V12a8.5 8.5 0 1 0-3.5 6.9",
  bellOff: "M6.5 16.5h11c-1-1.3-1.5-3-1.5-6a4 4 0 0 0-8 0c0 3-.5 4.7-1.5 6zM10.5 19.500h3M4 4l16 16",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.500a3.5 3.5 0 0 1 0 6.500M18 14.500c2.2.7 3.5 2.5 3.5 5.5",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16",
  plus: "M12 5v14M5 12h14",
  send: "M4 4l17 8-17 8 3-8zM7 12h7",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  reply: "M10 6 4 12l6 6M4 12h9c4 0 6 2 7 6",
  check: "M5 13l4 4L19 7",
  slash: "M16 4 8 20",
  sliders: "M4 8h9M17 8h3M4 16h3M11 16h9M15 5.500v5M9 13.500v5",
  clock: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 8v4.500l3 2",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15 9h.01",
  arrow: "M4 12h15M13 6l6 6-6 6",
  warn: "M12 4 2.5 20h19zM12 10v5M12 17.500h.01",
  spark: "M12 3v5M12 16v5M3 12h5M16 12h5M6 6l3 3M15 15l3 3M18 6l-3 3M9 15l-3 3",
};

/**
 * @param {keyof typeof PATHS | string} name
 * @param {string} [label] spoken name; without it the icon is decoration
 * @returns {SVGSVGElement}
 */
export function icon(name, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.hash);
  svg.append(path);
  return svg;
}
