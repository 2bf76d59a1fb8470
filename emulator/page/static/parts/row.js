// A row of a table that opens to show the details of what it tells.
import { html, useId, useState } from "../lib/html.js";
import { DETAILS } from "../lib/words.js";
import { Code } from "./code.js";

// The head of such a table.
export const Titles = ({ titles }) =>
  html`<thead><tr><th scope="col"><span class="hidden">${DETAILS}</span></th>${titles.map((title) => html`<th scope="col" key=${title}>${title}</th>`)}</tr></thead>`;

export function Row({ children, more, name, columns, below }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return html`
    <tr><td class="toggle"><button type="button" class="quiet" aria-expanded=${open} aria-controls=${id} onClick=${() => setOpen(!open)} aria-label=${`${open ? "Hide" : "Show"} ${name}`} title=${DETAILS}>${open ? "▾" : "▸"}</button></td>${children}</tr>
    <tr id=${id} hidden=${!open}>${open && html`<td colspan=${columns + 1}>${below}<${Code} text=${more()} name=${name} /></td>`}</tr>
  `;
}
