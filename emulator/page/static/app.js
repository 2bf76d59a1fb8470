// The page: a head with the time in it, one view at a time, and what is said to the user.
import { html, render, useEffect, useErrorBoundary, useRef } from "./lib/html.js";
import { listen, useNow } from "./lib/live.js";
import { useRoute } from "./lib/route.js";
import { Head } from "./parts/head.js";
import { Locked } from "./parts/locked.js";
import { Said } from "./parts/said.js";
import { Board } from "./views/board.js";
import { Callbacks } from "./views/callbacks.js";
import { Flow } from "./views/flow.js";
import { Journal } from "./views/journal.js";
import { Refusals } from "./views/refusals.js";
import { Scenarios } from "./views/scenarios.js";
import { Send } from "./views/send.js";
import { Time } from "./views/time.js";

const VIEWS = {
  board: [Board, "Board"],
  flows: [Flow, "Flow"],
  send: [Send, "Send"],
  scenarios: [Scenarios, "Scenarios"],
  time: [Time, "Time"],
  journal: [Journal, "Journal"],
  callbacks: [Callbacks, "Callbacks"],
  refused: [Refusals, "Refused requests"],
};

function App() {
  const route = useRoute();
  const { state } = useNow();
  const main = useRef(null);
  const [View, title] = Object.hasOwn(VIEWS, route.view) ? VIEWS[route.view] : VIEWS.board;
  const place = `${route.view}/${route.name}`;
  const first = useRef(place);
  useEffect(() => {
    document.title = `${title} · Failover emulator`;
    if (first.current !== place) main.current.focus();
    first.current = "";
  }, [place]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Head} route=${route} />
    <main id="main" tabindex="-1" ref=${main} class=${`view-${route.view}`}>
      ${state === "locked" ? html`<${Locked} />` : html`<${Guarded} key=${place} view=${View} route=${route} />`}
    </main>
    <${Said} />
  `;
}

// A view; one that fails says so and leaves the rest of the page as it is.
function Guarded({ view: View, route }) {
  const [error, again] = useErrorBoundary((failed) => console.error(failed));
  if (!error) return html`<${View} route=${route} />`;
  return html`<h1>This view has failed</h1><p role="alert" class="bad">${String(error)}</p><p><button type="button" onClick=${again}>Try again</button></p>`;
}

const root = document.getElementById("app");
root.replaceChildren();
listen();
render(html`<${App} />`, root);
