// Knows the calls of the human side (playground/README.md) and turns their errors into readable ones.
// Must not know the page.

export class ApiError extends Error {
  /** @param {number} status @param {string} message @param {any} body */
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {any} [body]
 * @returns {Promise<any>}
 */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "The local Discord does not answer. Is `python -m playground` still running?", null);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    answer = { message: text.slice(0, 200) };
  }
  if (!response.ok) throw new ApiError(response.status, answer?.message ?? `The server answered ${response.status}.`, answer);
  return answer;
}

/** @param {string} path @param {Record<string, any>} [query] */
export function get(path, query = {}) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== null) search.set(key, String(value));
  return call("GET", search.size ? `${path}?${search}` : path);
}

/** @param {string} path @param {any} [body] */
export const post = (path, body = {}) => call("POST", path, body);

/** @param {string} path @param {any} body */
export const patch = (path, body) => call("PATCH", path, body);

/** @param {string} path @param {any} [body] */
export const del = (path, body) => call("DELETE", path, body);

/**
 * Gives a file to the server, for an option or a form that takes one.
 * @param {File} file
 * @returns {Promise<{id: string, filename: string}>}
 */
export async function upload(file) {
  const body = new FormData();
  body.append("file", file);
  const response = await fetch("/play/files", { method: "POST", body });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer?.message ?? `The file was refused (${response.status}).`, answer);
  return answer;
}
