// Text to read and to copy: JSON, a scenario, a command.
import { html } from "../lib/html.js";
import { say } from "../lib/say.js";
import { visible } from "../lib/words.js";

export async function copy(text, name) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!selected(text)) return say("The browser doesn't let this page copy. Select the text and copy it yourself.", true);
  }
  return say(`Copied ${name}.`);
}

// Copy by a selection, as browsers allow it on plain http too; whether that worked.
function selected(text) {
  const area = document.createElement("textarea");
  const before = document.activeElement;
  area.value = text;
  area.className = "hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}

export const Copy = ({ text, name, children = "Copy" }) =>
  html`<button type="button" class="quiet copy" onClick=${() => copy(text, name)} aria-label=${`${typeof children === "string" ? children : "Copy"}: ${name}`}>${children}</button>`;

// `raw` is what is copied, if that is not the text as it is shown; `shown` is the text in colours.
export function Code({ text, raw = text, name, shown = text }) {
  return html`<div class="code"><${Copy} text=${raw} name=${name} /><pre tabindex="0" role="region" aria-label=${name}>${shown}</pre></div>`;
}

// JSON text on several lines; what is no JSON stays as it is. Signs that don't print are escapes.
export function pretty(text) {
  try {
    return visible(JSON.stringify(typeof text === "string" ? JSON.parse(text) : text, null, 2));
  } catch {
    return visible(text);
  }
}
