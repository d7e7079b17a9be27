// Keeps the page fresh: fetches it again and puts its <main> in place of the old one. What the
// reader is doing stays: open folds, focus, place on the page; while text is selected, it waits.
(() => {
  "use strict";
  const every = Number(document.body.dataset.refresh) * 1000;
  const stale = document.getElementById("stale");
  let due = Date.now() + every;
  let busy = false;

  const anchor = () =>
    [...document.querySelectorAll("main [id]")].find((e) => e.getBoundingClientRect().bottom > 0);

  const put = (fresh) => {
    const old = document.querySelector("main");
    const next = fresh.querySelector("main");
    if (!next) throw new Error("the answer is not this page");
    for (const fold of next.querySelectorAll("details[id]")) {
      fold.open = document.getElementById(fold.id)?.open ?? fold.open;
    }
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const seen = anchor();
    const before = seen?.getBoundingClientRect().top;
    old.replaceWith(next);
    document.title = fresh.title;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    const again = seen && window.scrollY > 0 && document.getElementById(seen.id);
    if (again) window.scrollBy(0, again.getBoundingClientRect().top - before);
  };

  const refresh = async () => {
    const answer = await fetch(location.pathname, {
      cache: "no-store",
      signal: AbortSignal.timeout(every),
    });
    if (!answer.ok) throw new Error("it answers " + answer.status);
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  };

  const tick = async () => {
    const selection = document.getSelection();
    const selecting = selection && !selection.isCollapsed;
    if (busy || document.hidden || selecting || Date.now() < due) return;
    busy = true;
    try {
      await refresh();
      stale.hidden = true;
    } catch (error) {
      const asOf = document.getElementById("as-of")?.textContent ?? "an unknown time";
      const text = `Stale since ${asOf}: the exporter cannot be read (${error.message}).`;
      if (stale.hidden || stale.textContent !== text) stale.textContent = text;
      stale.hidden = false;
    } finally {
      due = Date.now() + every;
      busy = false;
    }
  };

  setInterval(tick, 500);
  document.addEventListener("visibilitychange", tick);
})();
