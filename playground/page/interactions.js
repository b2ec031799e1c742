// Knows how a person starts an interaction and what comes back: an answer, a form, or "did not respond".
// Must not know how messages or forms look.
import { announce } from "./announce.js";
import { post } from "./api.js";
import { botUser, emit, now, on, state } from "./state.js";

/** The last interactions of this page, newest first, for the panel. @type {any[]} */
export const history = [];

const DEAD = "The application did not respond";
let counter = 0;

/** An id that sorts by time among Discord's. */
function localId() {
  return String((BigInt(Math.floor(now())) - 1420070400000n) * 4194304n + BigInt(++counter % 4096));
}

/**
 * @param {string} path
 * @param {any} body
 * @param {string} what for the panel: "/subscribe keyword"
 * @returns {Promise<any>} the interaction; never rejects
 */
async function start(path, body, what) {
  let result;
  try {
    result = await post(path, { as: state.me.id, ...body });
  } catch (error) {
    result = { state: "failed", error: /** @type {any} */ (error).message, refused: true, timeline: [] };
  }
  history.unshift({ ...result, what, at: now() });
  history.length = Math.min(history.length, 50);
  emit("interaction", history[0]);
  if (result.state === "modal" && result.modal) emit("modal", { interaction: result, channel: body.channel_id });
  return result;
}

/** Shows a line in the channel that only this person sees. @param {any} partial */
function notice(partial) {
  const message = { id: localId(), local: true, type: 20, flags: 64, content: "", embeds: [], components: [], attachments: [], timestamp: new Date(now()).toISOString(), ...partial };
  emit("local", message);
  return message;
}

/** @param {any} command @param {string} channelId @param {string} name @param {() => Promise<any>} call */
async function withNotice(command, channelId, name, call) {
  const author = { ...botUser(command.application_id), bot: true };
  const header = { channel_id: channelId, author, interaction_metadata: { user: state.me, name, type: 2 } };
  /** @type {any} */
  let pending = null;
  const timer = setTimeout(() => (pending = notice({ ...header, pending: true })), 400);
  const result = await call();
  clearTimeout(timer);
  if (pending) emit("local:remove", pending);
  if (result.state === "failed") {
    notice({ ...header, error: result.error ?? DEAD });
    announce(`${name}: ${result.error ?? DEAD}`);
  }
  return result;
}

/**
 * Runs a slash command.
 * @param {any} command @param {string} name its full name @param {string} channelId @param {Record<string, any>} options
 */
export function runCommand(command, name, channelId, options) {
  return withNotice(command, channelId, name, () => start("/play/commands", { channel_id: channelId, name, options }, `/${name}`));
}

/** Runs a command of a context menu. @param {any} command @param {string} channelId @param {string} targetId */
export function runContext(command, channelId, targetId) {
  return withNotice(command, channelId, command.name, () => start("/play/context", { channel_id: channelId, name: command.name, target_id: targetId }, command.name));
}

/**
 * Clicks a button or chooses in a select.
 * @param {any} message @param {any} component @param {string[]} [values] @param {() => void} [acknowledged]
 * @returns {Promise<any>}
 */
export async function useComponent(message, component, values, acknowledged = () => {}) {
  const body = { channel_id: message.channel_id, message_id: message.id, custom_id: component.custom_id, ...(values ? { values } : {}) };
  // A bot may acknowledge a click and change nothing: then the button is free again before the call is over.
  const stop = on("event", ({ name, data }) => {
    if (name === "INTERACTION_UPDATE" && data.type === 3 && data.channel_id === body.channel_id && data.acknowledged_ms !== null) acknowledged();
  });
  const result = await start("/play/components", body, component.label ?? component.placeholder ?? component.emoji?.name ?? component.custom_id);
  stop();
  const failure = result.state === "failed" ? (result.refused ? result.error : "This interaction failed") : null;
  emit("component:result", { message, error: failure });
  if (failure) announce(failure);
  return result;
}

/** Submits a form. @param {string} interactionId @param {string} channelId @param {Record<string, any>} fields */
export function submitModal(interactionId, channelId, fields) {
  return start("/play/modals", { channel_id: channelId, interaction_id: interactionId, fields }, "Form");
}

/** Asks the bot for choices. @param {any} body @returns {Promise<any[]>} */
export async function autocomplete(body) {
  const answer = await post("/play/autocomplete", { as: state.me.id, ...body });
  return answer.choices ?? [];
}

/** An interaction that goes on after its call: the history follows. */
export function setUpInteractions() {
  on("event", ({ name, data }) => {
    const entry = name === "INTERACTION_UPDATE" ? history.find((one) => one.id === data.id) : null;
    if (entry) emit("interaction", Object.assign(entry, data));
  });
}
