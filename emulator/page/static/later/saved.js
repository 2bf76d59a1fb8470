// A flow, or a story with its flows, as one HTML file that needs nothing else: without scripts, its styles and pictures
// inside. What it shows is what the page shows at that moment.
import { Fragment, html, render } from "../lib/html.js";
import { get } from "../lib/api.js";
import { save } from "../lib/export.js";
import { root } from "../lib/root.js";
import { moment } from "../lib/times.js";
import { tone } from "../lib/words.js";
import { Axis } from "../parts/axis.js";
import { Events } from "../parts/events.js";
import { PhoneNumber } from "../parts/number.js";
import { Outcome } from "../parts/outcome.js";
import { Phone } from "../parts/phone.js";
import { Traffic } from "../parts/traffic.js";

// What can only be used on the page.
const USED = "button, form, input, select, textarea, .switches, .notices, .scale ~ p, .phone-side > p, [role=status]:empty";

export const flowFile = (flow) => file(`flow-${flow.trackingId}`, `Flow to ${to(flow)}`, html`<${Told} flow=${flow} />`);

export async function storyFile(name) {
  const story = await get(`/stories/${encodeURIComponent(name)}`);
  const ids = [...new Set(story.scenes.map(({ flow }) => flow).filter(Boolean))];
  const flows = new Map(await Promise.all(ids.map(async (id) => [id, await get(`/flows/${encodeURIComponent(id)}`)])));
  const last = (index) => story.scenes.findLastIndex(({ flow }) => flow === story.scenes[index].flow) === index;
  const scenes = story.scenes.slice(0, story.scene).map((scene, index) => html`<${Fragment} key=${index}>${scene.say && html`<p class="caption" dir="auto">${scene.say}</p>`}${scene.flow && last(index) && html`<${Told} flow=${flows.get(scene.flow)} />`}<//>`);
  return file(`story-${name}`, story.purpose, scenes);
}

const to = (flow) => flow.phone.at(-1)?.to ?? String(flow.request.flow[0]?.to ?? "");

function Told({ flow }) {
  return html`
    <section class="panel">
      <h2><${PhoneNumber} number=${to(flow)} /> <span class=${`status ${tone(flow.status)}`}>${flow.status}</span> <small>${moment(flow.createdAt)}</small></h2>
      <${Outcome} flow=${flow} />
      <div class="flow"><div class="flow-main"><${Axis} flow=${flow} /><${Events} flow=${flow} /><${Traffic} flow=${flow} refresh=${() => {}} /></div><${Phone} flow=${flow} refresh=${() => {}} /></div>
    </section>
  `;
}

async function file(name, title, content) {
  const place = document.createElement("main");
  place.className = "saved";
  render(html`<h1>${title}</h1>${content}`, place);
  const copied = place.cloneNode(true);
  render(null, place);
  copied.querySelectorAll(USED).forEach((each) => each.remove());
  copied.querySelectorAll("a[href^='#'], a:not([href])").forEach((each) => each.replaceWith(...each.childNodes));
  await Promise.all([...copied.querySelectorAll("img")].map(inside));
  const { theme = "auto" } = document.documentElement.dataset;
  const styles = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
  const named = document.createElement("title");
  named.textContent = title;
  save(`${name}.html`, "text/html", [`<!doctype html>\n<html lang="en" data-theme="${theme}">\n<head>${METAS}${named.outerHTML}<style>\n${styles}\n</style></head>\n<body>${copied.outerHTML}</body>\n</html>\n`]);
}

// Nothing is fetched when the file is opened, whatever stands in it.
const METAS = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

// A picture of the page's own, in place of its address; one from elsewhere is left out.
async function inside(image) {
  const address = new URL(image.getAttribute("src"), document.baseURI);
  if (!address.href.startsWith(`${root}/`)) return image.remove();
  const text = await (await fetch(address)).text();
  image.src = `data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;
  return undefined;
}
