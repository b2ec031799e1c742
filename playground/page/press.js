// Knows whether something is being pressed: what is drawn anew between press and release would swallow the click.
// Must not know what is drawn.

/** @type {Node|null} */
let pressed = null;
/** What waits for the release: the newest drawing of each place. @type {Map<Element, () => void>} */
const waiting = new Map();

/** @param {Event} event */
function begin(event) {
  pressed = /** @type {Node} */ (event.target);
}

/** The click comes right after the release, so the drawing comes one step later. */
function end() {
  if (pressed) setTimeout(release);
}

function release() {
  pressed = null;
  const drawings = [...waiting.values()];
  waiting.clear();
  for (const draw of drawings) draw();
}

addEventListener("pointerdown", (event) => event.button === 0 && begin(event), true);
addEventListener("keydown", (event) => event.key === " " && begin(event), true); // a button is pressed by the release of the space bar
for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(name, end);

/**
 * Whether something in `container` is being pressed; if so, `draw` is called at its release.
 * @param {Element} container
 * @param {() => void} draw
 */
export function waitForRelease(container, draw) {
  if (!pressed || !container.contains(pressed)) return false;
  waiting.set(container, draw);
  return true;
}
