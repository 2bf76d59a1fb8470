// A Viber message: text, picture, film, file and button, in a bubble with its sender's name above.
import { html } from "../lib/html.js";
import { remote } from "../lib/remote.js";
import { clock, ms, visible } from "../lib/words.js";
import { FileIcon, PictureIcon } from "./icons.js";
import { Link } from "./link.js";

export function Viber({ message: { from, picture, at, arrived, seen, message, template }, replies }) {
  const { text, imageUrl, action, viberFile, viberVideo } = message;
  return html`
    <header>${picture && remote ? html`<img class="avatar" src=${picture} alt="" referrerpolicy="no-referrer" />` : html`<span class="avatar" aria-hidden="true" title=${picture}>${from.slice(0, 1)}</span>`}<b>${from}</b></header>
    <div class="bubble">
      ${imageUrl && html`<${Picture} url=${imageUrl} what="Picture" />`}
      ${viberVideo && html`<div class="film"><${Picture} url=${viberVideo.videoThumbnail} what="Film" /><p><span aria-hidden="true">▶</span> <${Link} url=${viberVideo.videoUrl}>Film<//>, ${viberVideo.duration} s, ${viberVideo.fileSize} MB</p></div>`}
      ${viberFile && html`<p class="file"><${FileIcon} /> <${Link} url=${viberFile.fileUrl}>${viberFile.fileName}<//> <small>${viberFile.fileType}</small></p>`}
      ${text && html`<p class="words">${visible(text)}</p>`}
      ${template && !text && html`<${Parameters} template=${template} />`}
      ${action && html`<${Link} class="action" url=${action.targetUrl}>${visible(action.caption)}<//>`}
      <p class="when">${arrived && clock(ms(at)).slice(0, 5)} ${!arrived ? "" : seen ? html`<span title="seen">✓✓ seen</span>` : "✓"}</p>
    </div>
    ${replies.map((reply, index) => html`<div key=${index} class="bubble mine"><p class="words">${visible(reply)}</p></div>`)}
  `;
}

// A template of which nothing is known but what was sent.
function Parameters({ template: { templateId, templateLang, templateParams } }) {
  return html`
    <p class="words">Template ${visible(templateId)} (${visible(templateLang)})</p>
    <dl class="parameters">${Object.entries(templateParams).map(([name, value]) => html`<div key=${name}><dt>${visible(name)}</dt><dd>${visible(String(value))}</dd></div>`)}</dl>
  `;
}

function Picture({ url, what }) {
  if (remote) return html`<img class="picture" src=${url} alt=${`${what} of the message`} referrerpolicy="no-referrer" />`;
  return html`<div class="picture placeholder" role="img" aria-label=${`${what}, not fetched: ${url}`}><${PictureIcon} /><small>${url}</small></div>`;
}
