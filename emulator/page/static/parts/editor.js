// A scenario's text, checked as it is written: what is wrong stands below, each with a way to its place.
import { call } from "../lib/api.js";
import { html, useEffect, useId, useRef, useState } from "../lib/html.js";
import { plural } from "../lib/words.js";

const PAUSE = 300;

export function Editor({ name, start, overrides, action, put }) {
  const [text, setText] = useState(start);
  const [found, setFound] = useState({ problems: [], warnings: [] });
  const area = useRef(null);
  const id = useId();
  useEffect(() => {
    const over = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setFound(await call("POST", "/scenarios/check", { text, overrides }, over.signal));
      } catch (error) {
        if (!over.signal.aborted) setFound({ problems: [{ line: 1, column: 1, path: "", message: error.message }], warnings: [] });
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
  const lines = text.split("\n").length;
  const wrong = new Set(problems.map((each) => each.line));
  return html`
    <div class="editor">
      <label for=${id}>${name}</label>
      <div class="editor-text">
        <pre class="gutter" aria-hidden="true">${Array.from({ length: lines }, (_, index) => html`<span key=${index} class=${wrong.has(index + 1) ? "wrong" : ""}>${index + 1}</span>`)}</pre>
        <textarea id=${id} ref=${area} rows=${Math.max(10, lines + 1)} spellcheck="false" wrap="off" value=${text} aria-invalid=${problems.length > 0} aria-describedby=${`${id}-problems`} onInput=${(event) => setText(event.target.value)}></textarea>
      </div>
      <div id=${`${id}-problems`} role="status">
        ${problems.length + warnings.length === 0 && html`<p class="good">Nothing is wrong with it.</p>`}
        ${problems.length > 0 && html`<p class="bad">${plural(problems.length, "problem")}</p><${Places} places=${problems} go=${go} />`}
        ${warnings.length > 0 && html`<p class="bad">${plural(warnings.length, "warning")}</p><${Places} places=${warnings} go=${go} />`}
      </div>
      <p><button type="button" class="main" disabled=${problems.length > 0} onClick=${() => put(text)}>${action}</button></p>
    </div>
  `;
}

function Places({ places, go }) {
  return html`<ul class="problems">${places.map((each, index) => html`<li key=${index}><button type="button" class="quiet" onClick=${() => go(each)}>line ${each.line}, column ${each.column}</button> ${each.path && html`<code>${each.path}</code>: `}${each.message}</li>`)}</ul>`;
}
