// A row of a table that opens to show the whole of what it tells.
import { html, useId, useState } from "../lib/html.js";
import { Code } from "./code.js";

export function Row({ children, more, name, columns, below }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return html`
    <tr>${children}<td><button type="button" class="quiet" aria-expanded=${open} aria-controls=${id} onClick=${() => setOpen(!open)} aria-label=${`${open ? "Hide" : "Show"} ${name}`}>${open ? "▾" : "▸"}</button></td></tr>
    <tr id=${id} hidden=${!open}>${open && html`<td colspan=${columns + 1}>${below}<${Code} text=${more()} name=${name} /></td>`}</tr>
  `;
}
