// Views and dialogs that few open: each is fetched when it is first asked for, with its styles.
import { html, useEffect, useState } from "./html.js";
import { DOWN, LOADING } from "./words.js";

const there = new Map();
const sheets = new Map();

function styled(name) {
  const fetched = () => new Promise((done) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL(`../later/${name}`, import.meta.url).href;
    sheet.onload = sheet.onerror = done;
    document.head.append(sheet);
  });
  if (!sheets.has(name)) sheets.set(name, fetched());
  return sheets.get(name);
}

// A component of the file later/NAME.js, which has it as its default.
export function later(name, styles) {
  const fetched = () => Promise.all([import(`../later/${name}.js`), styled(styles)]).then(([module]) => module.default);
  return function Later(props) {
    const [found, setFound] = useState(there.get(name) ?? null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (found) return;
      fetched().then(
        (made) => there.set(name, { View: made }) && setFound(there.get(name)),
        () => setFailed(true),
      );
    }, []);
    if (failed) return html`<h1>${DOWN}</h1><p role="alert">This view can't be fetched. Reload the page.</p>`;
    return found ? html`<${found.View} ...${props} />` : html`<p role="status">${LOADING}</p>`;
  };
}
