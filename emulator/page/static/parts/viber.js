// A Viber message: text, picture, video, file and button, in a bubble with its sender's name above.
import { html } from "../lib/html.js";
import { remote } from "../lib/remote.js";
import { visible } from "../lib/words.js";
import { FileIcon, PictureIcon } from "./icons.js";
import { Link } from "./link.js";
import { Replies } from "./replies.js";
import { Ticks } from "./ticks.js";

export function Viber({ message: whole, replies }) {
  const { from, picture, message, template } = whole;
  const { text, imageUrl, action, viberFile, viberVideo } = message;
  return html`
    <header>${picture && remote ? html`<img class="avatar" src=${picture} alt="" referrerpolicy="no-referrer" />` : html`<span class="avatar" aria-hidden="true" title=${picture}>${from.slice(0, 1)}</span>`}<b>${from}</b> <small>Viber</small></header>
    <div class="bubble">
      ${imageUrl && html`<${Picture} url=${imageUrl} what="Picture" />`}
      ${viberVideo && html`<div class="film"><${Picture} url=${viberVideo.videoThumbnail} what="Video" /><p><span aria-hidden="true">▶</span> <${Link} url=${viberVideo.videoUrl}>Video<//>, ${viberVideo.duration} s, ${viberVideo.fileSize} MB</p></div>`}
      ${viberFile && html`<p class="file"><${FileIcon} /> <${Link} url=${viberFile.fileUrl}>${viberFile.fileName}<//> <small>${viberFile.fileType}</small></p>`}
      ${text && html`<p class="words" dir="auto">${visible(text)}</p>`}
      ${template && !text && html`<${Parameters} template=${template} />`}
      ${action && html`<${Link} class="action" url=${action.targetUrl} dir="auto">${visible(action.caption)}<//>`}
      <${Ticks} message=${whole} />
    </div>
    <${Replies} replies=${replies} />
  `;
}

// A template of which nothing is known but what was sent.
function Parameters({ template: { templateId, templateLang, templateParams } }) {
  return html`
    <p class="words" dir="auto">Template ${visible(templateId)} (${visible(templateLang)})</p>
    <dl class="parameters">${Object.entries(templateParams).map(([name, value]) => html`<div key=${name}><dt>${visible(name)}</dt><dd>${visible(String(value))}</dd></div>`)}</dl>
  `;
}

// Pictures that are shipped with the page stand for those of the shop in demo and samples, which is nowhere.
export const isShipped = (url) => SHOP.test(url);
const SHOP = /^https:\/\/shop\.example\//;
const SHIPPED = /(parcel|shop|receipt|locker|taxi|bank|clinic)\.png$/;

function Picture({ url, what }) {
  if (isShipped(url)) {
    const name = SHIPPED.exec(url)?.[1] ?? "parcel";
    return html`<img class="picture" src=${`page/pictures/${name}.svg`} alt=${`${what} of the message: ${name}`} />`;
  }
  if (remote) return html`<img class="picture" src=${url} alt=${`${what} of the message`} referrerpolicy="no-referrer" />`;
  return html`<div class="picture placeholder" role="img" aria-label=${`${what}, not fetched: ${url}`}><${PictureIcon} /><small>${url}</small></div>`;
}
