// Knows how embeds, attachments and pictures look. Pictures from outside are named, never fetched.
// Must not know messages or the server.
import { h, localUrl, webUrl } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";

/**
 * @param {any} media {url, proxy_url?, width?, height?, description?}
 * @param {string} className @param {string} [alt]
 */
export function picture(media, className, alt) {
  const description = alt ?? media.description ?? "";
  const local = localUrl(media.proxy_url) ?? localUrl(media.url);
  if (local) {
    const image = h("img", { src: local, alt: description, loading: "lazy", width: media.width, height: media.height, decoding: "async" });
    return h("span", { class: `picture ${className}` }, image);
  }
  const url = webUrl(media.url);
  const host = url ? new URL(url).hostname : "elsewhere";
  const text = description || `Picture from ${host}`;
  return h("span", { class: `picture outside ${className}`, role: "img", "aria-label": `${text} (not fetched here)`, title: `${text}: pictures from outside are not fetched here` }, icon("picture"), h("span", { "aria-hidden": "true" }, host));
}

/** @param {string|null|undefined} url @param {any} content @param {string} className */
function maybeLink(url, content, className) {
  const safe = webUrl(url);
  if (!safe) return h("span", { class: className }, content);
  return h("a", { class: className, href: safe, target: "_blank", rel: "noopener noreferrer nofollow" }, content);
}

/** Discord puts up to three inline fields in a row. @param {any[]} fields @returns {number[]} twelfths */
export function spans(fields) {
  /** @type {number[]} */
  const result = [];
  for (let at = 0; at < fields.length; ) {
    let run = 0;
    while (run < 3 && fields[at + run]?.inline) run++;
    for (let i = 0; i < Math.max(run, 1); i++) result.push(run ? 12 / run : 12);
    at += Math.max(run, 1);
  }
  return result;
}

/** @param {any} embed @param {any} html the rendered parts of this embed @param {(at: string) => Node|null} time */
export function renderEmbed(embed, html, time) {
  const parts = html ?? {};
  const fields = embed.fields ?? [];
  const widths = spans(fields);
  const element = h(
    "article",
    { class: `embed ${embed.thumbnail ? "has-thumbnail" : ""}`, "aria-label": embed.title || embed.author?.name || "Embed" },
    h(
      "div",
      { class: "embed-text" },
      embed.author?.name && h("div", { class: "embed-author" }, maybeLink(embed.author.url, embed.author.name, "embed-author-name")),
      embed.title && h("div", { class: "embed-title" }, maybeLink(embed.url, markdown("span", "", parts.title, embed.title), "embed-title-link")),
      embed.description && markdown("div", "embed-description", parts.description, embed.description),
      fields.length > 0 &&
        h(
          "div",
          { class: "embed-fields" },
          fields.map((/** @type {any} */ field, /** @type {number} */ at) =>
            h("div", { class: `embed-field span-${widths[at]}` }, markdown("div", "embed-field-name", parts.fields?.[at]?.name, field.name), markdown("div", "embed-field-value", parts.fields?.[at]?.value, field.value)),
          ),
        ),
    ),
    embed.thumbnail?.url && picture(embed.thumbnail, "embed-thumbnail", embed.thumbnail.description),
    embed.image?.url && picture(embed.image, "embed-image", embed.image.description),
    (embed.footer?.text || embed.timestamp) && h("div", { class: "embed-footer" }, embed.footer?.text, embed.footer?.text && embed.timestamp && h("span", { "aria-hidden": "true" }, " • "), embed.timestamp && time(embed.timestamp)),
  );
  if (embed.color) element.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return element;
}

/** @param {number} size */
function bytes(size) {
  return size < 1024 ? `${size} bytes` : size < 1048576 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1048576).toFixed(2)} MB`;
}

/** @param {any} attachment */
export function renderAttachment(attachment) {
  const image = /^image\/(png|jpe?g|gif|webp)/.test(attachment.content_type ?? "") || /\.(png|jpe?g|gif|webp)$/i.test(attachment.filename ?? "");
  const local = localUrl(attachment.url);
  if (image) {
    return h("figure", { class: "attachment" }, picture(attachment, "attachment-image", attachment.description ?? ""), attachment.description && h("figcaption", { class: "alt" }, h("span", { class: "alt-mark", "aria-hidden": "true" }, "ALT"), attachment.description));
  }
  const link = local ?? webUrl(attachment.url);
  return h("div", { class: "attachment file" }, icon("file"), h("div", {}, link ? h("a", { href: link, download: attachment.filename }, attachment.filename) : attachment.filename, h("div", { class: "muted small" }, bytes(attachment.size ?? 0))));
}
