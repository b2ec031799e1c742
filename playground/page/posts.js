// Knows the posts of a forum: the list of them, and the form in which a person begins one.
// Must not know what is written inside a post.
import { announce } from "./announce.js";
import { post as send } from "./api.js";
import { address, go } from "./channels.js";
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { load, may, place, state } from "./state.js";

const MOST_TAGS = 5;
const TAG_REQUIRED = 1 << 4;

/** The newest post is on top. @param {any} channel */
export function posts(channel) {
  const guild = place(channel.id)?.guild;
  const found = (guild?.threads ?? []).filter((/** @type {any} */ one) => one.parent_id === channel.id).sort((/** @type {any} */ a, /** @type {any} */ b) => (a.id < b.id ? 1 : -1));
  const line = (/** @type {any} */ one) => {
    const tags = (channel.available_tags ?? []).filter((/** @type {any} */ tag) => one.applied_tags?.includes(tag.id));
    return h("li", {}, h("a", { class: "post", dataset: { key: `post-${one.id}` }, href: address(guild.id, one.id) }, tags.length > 0 && h("span", { class: "tags" }, tags.map((/** @type {any} */ tag) => h("span", { class: "tag" }, tag.name))), h("strong", {}, one.name), h("span", { class: "muted small" }, one.message_count === 1 ? "1 answer" : `${one.message_count ?? 0} answers`)));
  };
  return h(
    "div",
    {},
    may(channel, "send") && h("button", { type: "button", class: "button primary new-post", dataset: { key: "new-post" }, onclick: () => open(channel, guild) }, "New post"),
    found.length ? h("ul", { class: "posts", "aria-label": "Posts" }, found.map(line)) : h("p", { class: "muted" }, "No posts yet."),
  );
}

/** @param {any} channel @param {any} guild */
function open(channel, guild) {
  const [heading, titleId, textId] = [uid("title"), uid("field"), uid("field")];
  const title = h("input", { id: titleId, type: "text", autocomplete: "off", maxlength: "100", "aria-required": "true" });
  const text = h("textarea", { id: textId, rows: "5", maxlength: "2000", "aria-required": "true" });
  const available = (channel.available_tags ?? []).filter((/** @type {any} */ tag) => !tag.moderated || may(channel, "tags"));
  const ticks = available.map((/** @type {any} */ tag) => h("input", { type: "checkbox", value: tag.id }));
  const tags = h("div", { class: "boxes", role: "group", "aria-label": "Tags" }, available.map((/** @type {any} */ tag, /** @type {number} */ at) => h("label", { class: "box-line" }, ticks[at], h("span", {}, tag.name))));
  const failure = h("p", { class: "form-error", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit" }, "Post");
  const chosen = () => ticks.filter((/** @type {any} */ tick) => tick.checked).map((/** @type {any} */ tick) => tick.value);
  /** @returns {[string, HTMLElement]|null} */
  const problem = () => {
    if (!title.value.trim()) return ["A post needs a title.", title];
    if (!text.value.trim()) return ["A post needs a message.", text];
    if (channel.flags & TAG_REQUIRED && !chosen().length) return ["A post here needs a tag.", ticks[0]];
    if (chosen().length > MOST_TAGS) return [`A post has at most ${MOST_TAGS} tags.`, ticks[0]];
    return null;
  };
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": heading },
    h(
      "form",
      { method: "dialog", novalidate: true },
      h("header", { class: "modal-head" }, h("h2", { id: heading }, `New post in ${channel.name}`), h("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
      h("div", { class: "modal-body" }, h("div", { class: "field" }, h("label", { class: "field-label", for: titleId }, "Title"), title), available.length > 0 && h("div", { class: "field" }, h("span", { class: "field-label" }, "Tags"), tags), h("div", { class: "field" }, h("label", { class: "field-label", for: textId }, "Message"), text), failure),
      h("footer", { class: "modal-foot" }, h("button", { class: "button plain-button", type: "button", onclick: () => dialog.close() }, "Cancel"), submit),
    ),
  );
  dialog.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const wrong = problem();
    for (const control of [title, text]) control.toggleAttribute("aria-invalid", false);
    failure.textContent = wrong?.[0] ?? "";
    if (wrong) {
      wrong[1].setAttribute("aria-invalid", "true");
      return wrong[1].focus();
    }
    submit.disabled = true;
    try {
      const made = await send(`/play/channels/${channel.id}/posts`, { as: state.me.id, name: title.value, content: text.value, tags: chosen() });
      await load();
      // The close event gives the focus back to the list, and leaving the list hands it to the message box: in this order.
      const closed = new Promise((done) => dialog.addEventListener("close", done, { once: true }));
      dialog.close();
      await closed;
      go(guild.id, made.id);
      announce(`Posted: ${made.name}`);
    } catch (error) {
      failure.textContent = /** @type {any} */ (error).message;
    }
    submit.disabled = false;
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    /** @type {HTMLElement|null} */ (document.querySelector(".new-post"))?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
}
