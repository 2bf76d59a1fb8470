// Long lists, the newest first and without gaps: the first page is asked for again as things happen, older ones are put
// below it.
import { get } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { trying } from "../lib/say.js";

export const PAGE = 100;
const MOST = 2000;
const LAST = 10 ** 15;

// `path` makes the address of the page before a number, `of` names the list in the answer, `number` a row's number.
export function usePages(path, of, number) {
  const first = path(LAST);
  const { data, error } = useLive(first);
  const [kept, setKept] = useState({ first, rows: [], ended: false });
  useEffect(() => {
    if (data) setKept((before) => joined(before.first === first ? before : { first, rows: [], ended: false }, data[of], number));
  }, [data]);
  const own = kept.first === first ? kept : { rows: [], ended: false };
  const more = () =>
    trying(async () => {
      const found = (await get(path(own.rows[own.rows.length - 1][number])))[of];
      setKept((before) => ({ ...before, rows: [...before.rows, ...found], ended: found.length < PAGE }));
    });
  return { rows: own.rows, ended: own.ended, loaded: Boolean(data), error, more };
}

// The newest rows on top of those before. If there is a gap between them, those before are let go.
function joined({ first, rows, ended }, newest, number) {
  const whole = newest.length < PAGE;
  if (whole || !rows.length) return { first, rows: newest, ended: whole };
  const oldest = newest[newest.length - 1][number];
  if (rows[0][number] < oldest) return { first, rows: newest, ended: false };
  const all = [...newest, ...rows.filter((row) => row[number] < oldest)];
  return { first, rows: all.slice(0, MOST), ended: ended && all.length <= MOST };
}

export function Pages({ pages, shown }) {
  if (pages.error) return html`<p role="alert" class="bad">${pages.error.message}</p>`;
  if (!pages.loaded) return html`<p role="status">Reading…</p>`;
  return html`<p class="pages">${shown === 0 ? "Nothing here." : ""} ${!pages.ended && html`<button type="button" onClick=${pages.more}>Older ones</button>`}</p>`;
}
