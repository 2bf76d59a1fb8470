// How far each place was scrolled: a new place begins at its top, one that is gone back to stands where it was left.
const PATIENCE = 2000;
const place = () => location.hash.split("?")[0];
const left = new Map();
let here = place();
let followed = false;

history.scrollRestoration = "manual";
addEventListener("click", ({ target }) => (followed ||= Boolean(target.closest?.("a[href^='#']"))), true);
addEventListener("hashchange", () => here !== place() && left.set(here, scrollY)); // before the new place is drawn

// Scroll to where the place that is shown now belongs. What was there may still be asked for.
export function arrive() {
  const goal = followed ? 0 : left.get(place()) ?? 0;
  here = place();
  followed = false;
  const began = performance.now();
  const go = () => {
    scrollTo(0, goal);
    if (scrollY < goal - 1 && here === place() && performance.now() - began < PATIENCE) requestAnimationFrame(go);
  };
  go();
}
