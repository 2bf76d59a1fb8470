// YAML in colours. `notes` are what is wrong, by line: it is marked, and told at its end.
import { html } from "../lib/html.js";
import { coloured } from "./yaml.js";

export function Coloured({ text, notes = new Map() }) {
  return coloured(text).map(
    (pieces, index) => html`<span key=${index} class=${notes.has(index + 1) ? "wrong" : null}>${pieces.map(([kind, part], at) => (kind ? html`<span key=${at} class=${`yaml-${kind}`}>${part}</span>` : part))}${notes.has(index + 1) && html`<span class="note">${`  ← ${notes.get(index + 1)}`}</span>`}${"\n"}</span>`,
  );
}
