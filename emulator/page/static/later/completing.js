// Completion of what is typed in a text area: what can stand there is listed below it. It opens as a word is typed, or
// by Ctrl and Space; arrows choose, Enter or Tab take, Escape closes.
import { html, useEffect, useState } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { suggestions } from "./schema.js";
import { place } from "./yaml.js";

// `area` refers to the text area, `schema` is the JSON Schema of its text (null: not there yet). Answers the attributes
// that the area gets, its keys' handler, which says whether it took a key, and the list.
export function useCompletion(area, id, schema) {
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const look = (asked) => {
    const { value, selectionStart: at, selectionEnd } = area.current;
    const here = schema && at === selectionEnd ? place(value, at) : null;
    const found = here && (asked || here.word) ? suggestions(schema, here) : [];
    setOpen(found.length ? { found, from: at - here.word.length, at, active: asked ? 0 : -1 } : null);
  };
  const take = ({ insert }) => {
    const { from, at } = open;
    const text = area.current.value[at] === ":" ? insert.replace(/: $/, "") : insert;
    close();
    typed(area.current, text, from, at);
    if (text.endsWith(": ")) look(true);
  };
  const move = (by) => setOpen({ ...open, active: (open.active + by + open.found.length) % open.found.length });
  const keyed = (event) => {
    if (event.key === " " && event.ctrlKey) look(true);
    else if (!open) return false;
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(open.active < 0 ? 0 : -1);
    else if (event.key === "Escape") close();
    else if (event.key === "Tab" && !event.shiftKey) take(open.found[Math.max(0, open.active)]);
    else if (event.key === "Enter" && open.active >= 0) take(open.found[open.active]);
    else return false;
    event.preventDefault();
    return true;
  };
  useEffect(() => document.getElementById(`${id}-${open?.active}`)?.scrollIntoView({ block: "nearest" }), [open]);
  const given = { "aria-autocomplete": "list", "aria-controls": open ? `${id}-list` : null, "aria-activedescendant": open && open.active >= 0 ? `${id}-${open.active}` : null };
  return { given, keyed, look, close, list: html`<${Listed} open=${open} id=${id} area=${area} take=${take} />` };
}

function Listed({ open, id, area, take }) {
  const before = open ? area.current.value.slice(0, open.from).split("\n") : [];
  const style = open && { "--row": before.length, "--column": before.at(-1).length, "--shift": `${area.current.scrollLeft}px` };
  return html`
    <span class="hidden" role="status">${open && `${plural(open.found.length, "suggestion")}: arrows choose, Tab takes one`}</span>
    ${open && html`<ul class="suggestions" role="listbox" aria-label="Suggestions" id=${`${id}-list`} style=${style}>
      ${open.found.map((each, index) => html`<li key=${each.label} role="option" id=${`${id}-${index}`} aria-selected=${index === open.active ? "true" : "false"} onMouseDown=${(event) => event.preventDefault()} onClick=${() => take(each)}><b>${each.label}</b> <span>${each.detail}</span></li>`)}
    </ul>`}
  `;
}

// Type a text in the place of another, so that the browser can undo it.
export function typed(area, text, from = area.selectionStart, to = area.selectionEnd) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// A new line begins where the one before did, or deeper below a name or a dash.
export function indented(line) {
  const [start] = /^\s*(?:-\s+)*/.exec(line);
  return start.replace(/-/g, " ") + (/:\s*(?:#.*)?$/.test(line) ? "  " : "");
}
