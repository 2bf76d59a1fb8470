// The page: a head with the time in it, one view at a time, and what is said to the user.
import { keepFocus } from "./lib/focus.js";
import { html, render, useEffect, useErrorBoundary, useRef, useState } from "./lib/html.js";
import { listen, useNow } from "./lib/live.js";
import { link, useRoute } from "./lib/route.js";
import { hush } from "./lib/say.js";
import { arrive } from "./lib/scroll.js";
import { Down, useDown } from "./parts/down.js";
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
import { Sink } from "./views/sink.js";
import { Time } from "./views/time.js";

const VIEWS = {
  board: [Board, "Board"],
  flows: [Flow, "Flow"],
  send: [Send, "Send"],
  scenarios: [Scenarios, "Scenarios"],
  time: [Time, "Time"],
  journal: [Journal, "Journal"],
  callbacks: [Callbacks, "Callbacks"],
  sink: [Sink, "Sink"],
  refused: [Refusals, "Refused requests"],
};

function App() {
  const route = useRoute();
  const { state } = useNow();
  const down = useDown(state);
  const main = useRef(null);
  // What a view says of itself: whose time it shows, and a title for the tab.
  const [shown, show] = useState({});
  const [View, title] = Object.hasOwn(VIEWS, route.view) ? VIEWS[route.view] : [Nowhere, "No such view"];
  const place = `${route.view}/${route.name}`;
  const own = shown.place === place ? shown : {};
  const first = useRef(place);
  useEffect(() => keepFocus(main.current), []);
  useEffect(() => {
    if (first.current !== place) {
      hush();
      arrive();
      main.current.focus({ preventScroll: true });
    }
    first.current = "";
  }, [place]);
  useEffect(() => {
    document.title = `${own.title ?? (route.name && route.view === "scenarios" ? `${route.name} · ${title}` : title)} · Failover emulator`;
  }, [place, own.title]);
  useEffect(() => {
    if (state === "live") hush();
  }, [state]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Head} route=${route} application=${own.application ?? route.query.application ?? ""} />
    ${down && html`<${Down} />`}
    <main id="main" tabindex="-1" ref=${main} class=${`view-${route.view} ${down ? "stale" : ""}`}>
      ${state === "locked" ? html`<${Locked} />` : html`<${Guarded} key=${place} view=${View} route=${route} show=${(more) => show({ place, ...more })} />`}
    </main>
    <${Said} />
  `;
}

// A view; one that fails says so and leaves the rest of the page as it is.
function Guarded({ view: View, route, show }) {
  const [error, again] = useErrorBoundary((failed) => console.error(failed));
  if (!error) return html`<${View} route=${route} show=${show} />`;
  return html`<h1>This view has failed</h1><p role="alert" class="bad">${String(error)}</p><p><button type="button" onClick=${again}>Try again</button></p>`;
}

function Nowhere({ route }) {
  return html`<h1>There is no view “${route.view}”</h1><p><a href=${link("board")}>Go to the board</a></p>`;
}

const root = document.getElementById("app");
root.replaceChildren();
listen();
render(html`<${App} />`, root);
