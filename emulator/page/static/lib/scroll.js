// How far each place was scrolled: a new place begins at its top, one that is gone back to stands where it was left.
const PATIENCE = 2000;
const left = new Map();
let here = location.href;
let followed = false;

history.scrollRestoration = "manual";
addEventListener("click", ({ target }) => (followed ||= Boolean(target.closest?.("a[href^='#']"))), true);
addEventListener("scroll", () => left.set(here, scrollY), { passive: true });

// Scroll to where the place that is shown now belongs. What was there may still be asked for.
export function arrive() {
  const goal = followed ? 0 : left.get(location.href) ?? 0;
  here = location.href;
  followed = false;
  const began = performance.now();
  const go = () => {
    scrollTo(0, goal);
    if (scrollY < goal - 1 && here === location.href && performance.now() - began < PATIENCE) requestAnimationFrame(go);
  };
  go();
}
