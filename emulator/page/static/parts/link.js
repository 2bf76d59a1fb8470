// A link out of a message. Only web addresses can be followed; anything else is shown as the text that it is.
import { html } from "../lib/html.js";

export function Link({ url, children, class: name, dir }) {
  if (!/^https?:\/\//i.test(url)) return html`<span class=${name} dir=${dir} title=${url}>${children}</span>`;
  return html`<a class=${name} dir=${dir} href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
}
