// Long lists, the newest first: all that is shown is asked for again as things happen, so it is always as it is now.
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";

export const LAST = 10 ** 15;
const PAGE = 100;
const MOST = 1000;

// `path` makes the address of so many of the newest rows, `of` names the list in the answer.
export function usePages(path, of) {
  const filters = path(0);
  const [asked, setAsked] = useState({ filters, size: PAGE });
  const size = asked.filters === filters ? asked.size : PAGE;
  const { data, error } = useLive(path(size));
  const last = useRef({ filters, rows: null });
  if (data) last.current = { filters, rows: data[of], cut: data.more === true && data[of].length < size };
  const rows = last.current.filters === filters ? last.current.rows : null;
  useEffect(() => setAsked({ filters, size: PAGE }), [filters]);
  const more = () => setAsked({ filters, size: Math.min(size + PAGE, MOST) });
  const cut = rows !== null && last.current.cut; // large bodies ended the page before its size
  const whole = rows !== null && rows.length < size && !cut;
  return { rows: rows || [], loaded: rows !== null, whole, full: size === MOST || cut, error, more };
}

export function Pages({ pages, shown }) {
  if (pages.error) return html`<p role="alert" class="bad">${pages.error.message}</p>`;
  if (!pages.loaded) return html`<p role="status">Reading…</p>`;
  if (pages.whole) return html`<p class="pages">${shown === 0 ? "Nothing here." : ""}</p>`;
  if (pages.full) return html`<p class="pages">These are the newest ${pages.rows.length}; the filters find older ones.</p>`;
  return html`<p class="pages"><button type="button" onClick=${pages.more}>Older ones</button></p>`;
}
