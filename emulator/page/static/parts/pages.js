// Long lists, the newest first: all that is shown is asked for again as things happen, so it is always as it is now.
// Older rows than a list can hold are on pages of their own, which the address names by the number that they come before.
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { filter } from "../lib/route.js";
import { LOADING, MORE, NONE, OLDER, before as beforeWords, latest } from "../lib/words.js";

const LAST = 10 ** 15;
const PAGE = 100;
const MOST = 1000;

// `path` makes the address of so many of the newest rows before a number, `of` names the list in the answer, `number`
// the member that numbers a row.
export function usePages(path, of, number, before) {
  const place = Number(before) || LAST;
  const filters = path(0, place);
  const [asked, setAsked] = useState({ filters, size: PAGE });
  const size = asked.filters === filters ? asked.size : PAGE;
  const { data, error } = useLive(path(size, place));
  const last = useRef({ filters, rows: null });
  if (data) last.current = { filters, rows: data[of], cut: data.more === true && data[of].length < size };
  const rows = last.current.filters === filters ? last.current.rows : null;
  useEffect(() => setAsked({ filters, size: PAGE }), [filters]);
  const more = () => setAsked({ filters, size: Math.min(size + PAGE, MOST) });
  const cut = rows !== null && last.current.cut; // large bodies ended the page before its size
  const whole = rows !== null && rows.length < size && !cut;
  const older = () => filter({ before: String(rows.at(-1)[number]) });
  return { rows: rows || [], loaded: rows !== null, whole, full: size === MOST || cut, error, more, older, place };
}

export function Pages({ pages }) {
  const newest = pages.place < LAST && html`<p class="pages">${beforeWords(pages.place)}. <button type="button" onClick=${() => filter({ before: "" })}>Go to the newest</button></p>`;
  if (pages.error) return html`${newest}<p role="alert" class="bad">${pages.error.message}</p>`;
  if (!pages.loaded) return html`<p role="status">${LOADING}</p>`;
  if (pages.whole) return html`${newest}<p class="pages">${pages.rows.length === 0 ? NONE : ""}</p>`;
  if (pages.full) return html`${newest}<p class="pages">${latest(pages.rows.length)}. <button type="button" onClick=${pages.older}>${OLDER}</button></p>`;
  return html`${newest}<p class="pages"><button type="button" onClick=${pages.more}>${MORE}</button></p>`;
}
