// A scenario's text, checked as it is written: what is wrong stands below, each with a way to its place. What is typed
// is kept until it is put in force.
import { call } from "../lib/api.js";
import { html, useEffect, useId, useRef, useState } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";
import { plural } from "../lib/numbers.js";
import { useBusy } from "../lib/say.js";
import { VALID } from "../lib/words.js";

const PAUSE = 300;

// `puts` are what can be done with the text: a name, and what does it. A text that was put is not put again unchanged.
export function Editor({ name, start, overrides, puts, draft }) {
  const [text, setText] = useDraft(draft, start);
  const [found, setFound] = useState({ of: null, problems: [], warnings: [] });
  const [put, setPut] = useState(null);
  const [busy, run] = useBusy();
  const area = useRef(null);
  const id = useId();
  useEffect(() => {
    const over = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setFound({ of: text, ...(await call("POST", "/scenarios/check", { text, overrides }, over.signal)) });
      } catch (error) {
        if (!over.signal.aborted) setFound({ of: text, problems: [{ line: 1, column: 1, path: "", message: error.message }], warnings: [] });
      }
    }, PAUSE);
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [text]);
  const go = ({ line, column }) => {
    const before = text.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current.focus();
    area.current.setSelectionRange(before + column - 1, before + column);
  };
  const { problems, warnings } = found;
  const checked = found.of === text;
  const lines = text.split("\n").length;
  const wrong = new Set(problems.map((each) => each.line));
  const act = (doing) => () => run(async () => (await doing(text)) && setPut(text));
  return html`
    <div class="editor">
      <label for=${id}>${name}</label>
      <div class="editor-text">
        <pre class="gutter" aria-hidden="true">${Array.from({ length: lines }, (_, index) => html`<span key=${index} class=${wrong.has(index + 1) ? "wrong" : ""}>${index + 1}</span>`)}</pre>
        <textarea id=${id} ref=${area} rows=${Math.max(10, lines + 1)} spellcheck="false" wrap="off" value=${text} aria-invalid=${problems.length > 0} aria-describedby=${`${id}-problems`} onInput=${(event) => setText(event.target.value)}></textarea>
      </div>
      <div id=${`${id}-problems`} role="status">
        ${checked && problems.length + warnings.length === 0 && html`<p class="good">${VALID}</p>`}
        ${problems.length > 0 && html`<p class="bad">${plural(problems.length, "problem")}</p><${Places} places=${problems} go=${go} />`}
        ${warnings.length > 0 && html`<p class="bad">${plural(warnings.length, "warning")}</p><${Places} places=${warnings} go=${go} />`}
      </div>
      <p class="row">
        ${puts.map(([action, doing], index) => html`<button type="button" key=${action} class=${index ? "" : "main"} disabled=${problems.length > 0 || (put === text && !index)} aria-busy=${busy ? "true" : null} onClick=${act(doing)}>${action}</button>`)}
        ${text !== start && html`<button type="button" class="quiet" onClick=${() => setText(start)}>Start over</button>`}
        ${put === text && html`<span class="good">Done</span>`}
      </p>
    </div>
  `;
}

function Places({ places, go }) {
  return html`<ul class="problems">${places.map((each, index) => html`<li key=${index}><button type="button" class="quiet" onClick=${() => go(each)}>line ${each.line}, column ${each.column}</button> ${each.path && html`<code>${each.path}</code>: `}${each.message}</li>`)}</ul>`;
}
