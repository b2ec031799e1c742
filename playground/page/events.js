// Knows the live stream of what this person's client is told, and connects again after every loss.
// Must not know what the events mean.
import { emit, state } from "./state.js";

/** @type {EventSource|null} */
let source = null;
let retry = 0;
let opened = false;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;

/** @param {MessageEvent} event */
function receive(event) {
  let data;
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  if (data.t) emit("event", { name: data.t, data: data.d });
}

/** Opens the stream for the person we are; closes the one before. */
export function connect() {
  clearTimeout(timer);
  source?.close();
  const stream = new EventSource(`/play/events?as=${encodeURIComponent(state.me.id)}`);
  source = stream;
  stream.onopen = () => {
    const again = opened;
    opened = true;
    retry = 0;
    state.connected = true;
    emit("connection", { again });
  };
  stream.onmessage = receive;
  stream.onerror = () => {
    if (source !== stream) return;
    stream.close();
    state.connected = false;
    emit("connection", { again: false });
    timer = setTimeout(connect, Math.min(5000, 250 * 2 ** retry++));
  };
}

/** Before a person is changed: the next opening is a first one. */
export function disconnect() {
  opened = false;
  clearTimeout(timer);
  source?.close();
  source = null;
}
