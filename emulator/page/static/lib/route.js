// Where the page is: #/view/name?filter=value, so that every view can be linked to and gone back to.
import { useLayoutEffect, useState } from "./html.js";

export function here() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [view = "", ...rest] = path.split("/");
  return { view: view || "board", name: rest.map(decoded).join("/"), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function link(view, name = "", query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value);
  return `#/${view}${name ? `/${encodeURIComponent(name)}` : ""}${kept.length ? `?${new URLSearchParams(kept)}` : ""}`;
}

// The board with the filters that it had when it was last looked at.
let filters = {};
export const board = () => link("board", "", filters);

// Change the filters of this view, without a step in the browser's history.
export function filter(members) {
  const { view, name, query } = here();
  history.replaceState(null, "", link(view, name, { ...query, ...members }));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute() {
  const [route, setRoute] = useState(here);
  useLayoutEffect(() => {
    const moved = () => setRoute(here());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  if (route.view === "board") filters = route.query;
  return route;
}
