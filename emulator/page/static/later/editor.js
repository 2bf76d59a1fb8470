// A scenario's text, in colours, completed and checked as it is written: what is wrong stands at its line and below,
// each with a way to its place. What is typed is kept until it is put in force.
import { call, get } from "../lib/api.js";
import { html, useEffect, useId, useRef, useState } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";
import { plural } from "../lib/numbers.js";
import { useBusy } from "../lib/say.js";
import { VALID } from "../lib/words.js";
import { Coloured } from "./coloured.js";
import { indented, typed, useCompletion } from "./completing.js";
import { Expectations } from "./expectations.js";
import { Wish } from "./wish.js";
import { withRule } from "./wishing.js";

const PAUSE = 300;

// Rules on top of a scenario are as those in one, each with a number of uses.
const ofOverrides = (schema) => ({
  $defs: schema.$defs,
  properties: {
    plans: schema.properties.plans,
    rules: { description: "The rules, which are asked before the scenario's.", items: { allOf: [{ $ref: "#/$defs/rule" }, { properties: { uses: { description: "For how many requests it applies; without it, for all." } } }] } },
  },
});

function useSchema(overrides) {
  const [schema, setSchema] = useState(null);
  useEffect(() => {
    get("/schemas/scenario.json").then((found) => setSchema(overrides ? ofOverrides(found) : found), () => {}); // then nothing is completed
  }, []);
  return schema;
}

// The problems and warnings of a text, a moment after it was typed; `of` is the text that they are about.
function useChecked(text, overrides, application) {
  const [found, setFound] = useState({ of: null, problems: [], warnings: [] });
  useEffect(() => {
    const over = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setFound({ of: text, ...(await call("POST", "/scenarios/check", { text, overrides, application }, over.signal)) });
      } catch (error) {
        if (!over.signal.aborted) setFound({ of: text, problems: [{ line: 1, column: 1, path: "", message: error.message }], warnings: [] });
      }
    }, PAUSE);
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [text]);
  return found;
}

// `puts` are what can be done with the text: a name, and what does it. A text that was put is not put again unchanged.
// `blank` makes of a wish in words what its rule is put below where nothing was written yet; without it, `start` stays.
export default function Editor({ name, start, overrides, application = "", puts, draft, blank }) {
  const [text, setText] = useDraft(draft, start);
  const [put, setPut] = useState(null);
  const [busy, run] = useBusy();
  const found = useChecked(text, overrides, application);
  const area = useRef(null);
  const id = useId();
  const go = ({ line, column }) => {
    const before = text.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current.focus();
    area.current.setSelectionRange(before + column - 1, before + column);
  };
  const { problems, warnings } = found;
  const checked = found.of === text;
  const write = (rule, words) => {
    const made = withRule(blank && text === start ? blank(words) : text, rule);
    if (made !== null) typed(area.current, made, 0, text.length);
    return made !== null;
  };
  const act = (doing) => () => run(async () => (await doing(text)) && setPut(text));
  return html`
    <div class="editor">
      <details><summary>Write a rule by form</summary><${Wish} write=${write} counted=${overrides} /></details>
      <label for=${id}>${name}</label>
      <${Typing} id=${id} area=${area} text=${text} setText=${setText} problems=${problems} warnings=${warnings} schema=${useSchema(overrides)} />
      <div id=${`${id}-problems`} role="status">
        ${checked && problems.length + warnings.length === 0 && html`<p class="good">${VALID}</p>`}
        ${problems.length > 0 && html`<p class="bad">${plural(problems.length, "problem")}</p><${Places} places=${problems} go=${go} />`}
        ${warnings.length > 0 && html`<p class="bad">${plural(warnings.length, "warning")}</p><${Places} places=${warnings} go=${go} />`}
      </div>
      ${!overrides && checked && problems.length === 0 && html`<${Expectations} asked=${{ text }} text=${text} go=${go} />`}
      <p class="row">
        ${puts.map(([action, doing], index) => html`<button type="button" key=${action} class=${index ? "" : "main"} disabled=${problems.length > 0 || (put === text && !index)} aria-busy=${busy ? "true" : null} onClick=${act(doing)}>${action}</button>`)}
        ${text !== start && html`<button type="button" class="quiet" onClick=${() => setText(start)}>Start over</button>`}
        ${put === text && html`<span class="good">Done</span>`}
      </p>
    </div>
  `;
}

// The text area, above the same text in colours.
function Typing({ id, area, text, setText, problems, warnings, schema }) {
  const layer = useRef(null);
  const { given, keyed, look, close, list } = useCompletion(area, `${id}-option`, schema);
  const notes = new Map([...warnings, ...problems].map((each) => [each.line, each.message]));
  const lines = text.split("\n").length;
  const pressed = (event) => {
    if (event.isComposing || keyed(event) || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    const { value, selectionStart } = area.current;
    event.preventDefault();
    typed(area.current, `\n${indented(value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart))}`);
  };
  const changed = (event) => {
    setText(event.target.value);
    look(false);
  };
  return html`
    <div class="editor-text">
      <pre class="gutter" aria-hidden="true">${Array.from({ length: lines }, (_, index) => html`<span key=${index} class=${notes.has(index + 1) ? "wrong" : ""}>${index + 1}</span>`)}</pre>
      <div class="editor-field">
        <pre class="layer" aria-hidden="true" ref=${layer}><${Coloured} text=${text} notes=${notes} /></pre>
        <textarea id=${id} ref=${area} rows=${Math.max(10, lines + 1)} spellcheck=${false} autocapitalize="off" wrap="off" value=${text} aria-invalid=${problems.length > 0} aria-describedby=${`${id}-keys ${id}-problems`} ...${given} onInput=${changed} onKeyDown=${pressed} onBlur=${close} onClick=${close} onScroll=${(event) => (layer.current.scrollLeft = event.target.scrollLeft)}></textarea>
        ${list}
      </div>
    </div>
    <p class="hint" id=${`${id}-keys`}>Ctrl and Space completes what is typed.</p>
  `;
}

function Places({ places, go }) {
  return html`<ul class="problems">${places.map((each, index) => html`<li key=${index}><button type="button" class="quiet" onClick=${() => go(each)}>line ${each.line}, column ${each.column}</button> ${each.path && html`<code>${each.path}</code>: `}${each.message}</li>`)}</ul>`;
}
