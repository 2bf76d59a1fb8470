// What was said last. It goes by itself, but for what went wrong, which stays until it is dismissed or the view changes.
import { html, useEffect, useLayoutEffect, useState } from "../lib/html.js";
import { onSaid } from "../lib/say.js";
import { DISMISS } from "../lib/words.js";

const SHOWN = 6000;

export function Said() {
  const [said, setSaid] = useState(null);
  useLayoutEffect(() => onSaid((next) => setSaid((last) => next ?? (last?.bad ? null : last))), []);
  useEffect(() => {
    if (!said || said.bad) return undefined;
    const timer = setTimeout(() => setSaid(null), SHOWN);
    return () => clearTimeout(timer);
  }, [said]);
  const away = html`<button type="button" class="quiet" onClick=${() => setSaid(null)} aria-label=${DISMISS} title=${DISMISS}>✕</button>`;
  return html`
    <div class="said">
      <div role="status" aria-live="polite">${said && !said.bad && html`<p>${said.text} ${away}</p>`}</div>
      <div role="alert">${said?.bad && html`<p class="bad">${said.text} ${away}</p>`}</div>
    </div>
  `;
}
