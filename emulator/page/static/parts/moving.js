// Cards that change lanes glide to their new place. Only a few at a time: a flood is not something to watch.
import { useLayoutEffect, useRef } from "../lib/html.js";

const MOST = 24;
const LENGTH = 450;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function useGliding(root, lanes) {
  const before = useRef(new Map());
  useLayoutEffect(() => {
    const now = new Map();
    for (const [lane, ids] of lanes) for (const id of ids) now.set(id, lane);
    const moved = [...now].filter(([id, lane]) => before.current.get(id)?.lane !== lane);
    const known = before.current.size > 0;
    const places = new Map();
    if (!still.matches && moved.length <= MOST && now.size <= 200) {
      for (const card of root.current.querySelectorAll("[data-flow]")) places.set(card.dataset.flow, card.getBoundingClientRect());
      if (known) for (const [id] of moved) glide(root.current, id, before.current.get(id)?.place, places.get(id));
    }
    before.current = new Map([...now].map(([id, lane]) => [id, { lane, place: places.get(id) }]));
  });
}

function glide(root, id, from, to) {
  const card = root.querySelector(`[data-flow="${CSS.escape(id)}"]`);
  if (!card || !to) return;
  const start = from ? { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` } : { opacity: 0, transform: "translateY(-12px)" };
  card.animate([start, { opacity: 1, transform: "none" }], { duration: LENGTH, easing: "cubic-bezier(.2,.7,.2,1)" });
}
