// The page: state in, list out.

const perPage = 50;

async function main() {
  const byID = (id) => document.getElementById(id);
  const form = byID("filters"), list = byID("list"), matches = byID("matches");
  let all;
  try {
    all = await load();
  } catch (problem) {
    matches.textContent = "The findings cannot be shown: " + problem.message + ". Everything above is complete without them.";
    return;
  }
  let state = fromFragment(location.hash);

  // show draws what the state says and puts it into the fragment.
  const show = (remember) => {
    const found = matching(all.findings, state);
    const last = Math.max(1, Math.ceil(found.length / perPage));
    state.page = Math.min(state.page, last);
    const from = (state.page - 1) * perPage;
    list.replaceChildren(...found.slice(from, from + perPage).map((f) => item(f, state.finding === f.id)));
    matches.textContent = state.finding && found.length === 0
      ? "This page holds no finding with that id."
      : found.length + " of " + all.total + " findings " + (state.finding ? "chosen by a link; clear the filters to see more" : "match")
        + (found.length > perPage ? "; this is " + (from + 1) + " to " + Math.min(from + perPage, found.length) : "") + ".";
    byID("pages").hidden = last === 1;
    byID("place").textContent = "Page " + state.page + " of " + last;
    byID("previous").disabled = state.page === 1;
    byID("next").disabled = state.page === last;
    if (remember) history.replaceState(null, "", toFragment(state));
  };

  // fill puts the state into the form's fields.
  const fill = () => {
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = state[field.name].includes(field.value);
      else if (field.tagName === "SELECT") {
        const value = state[field.name] || "";
        if (![...field.options].some((o) => o.value === value)) field.add(new Option(value, value));
        field.value = value;
        if (field.name === "resource") field.parentElement.hidden = !value;
      } else if (field.type === "search") field.value = state.q;
    }
  };

  const changed = () => {
    const given = new FormData(form);
    state = fresh();
    state.status = given.getAll("status");
    state.severity = given.getAll("severity");
    state.q = given.get("q") || "";
    for (const [name] of choices) if (given.get(name)) state[name] = given.get(name);
    show(true);
  };

  const turn = (by) => () => {
    state.page += by;
    show(true);
    byID("findings").focus();
  };
  const follow = () => {
    if (location.hash !== "" && !location.hash.includes("=")) return; // a part of the page
    state = fromFragment(location.hash);
    fill();
    show(false);
    if (location.hash !== "") byID("findings").focus();
  };

  controls(all.findings, changed);
  form.addEventListener("submit", (e) => e.preventDefault());
  byID("clear").addEventListener("click", () => {
    state = fresh();
    fill();
    show(true);
  });
  byID("previous").addEventListener("click", turn(-1));
  byID("next").addEventListener("click", turn(1));
  addEventListener("hashchange", follow);
  form.hidden = false;
  fill();
  show(false);
  if (location.hash.includes("=")) byID("findings").focus();
  document.documentElement.dataset.ready = "true";
}

// Paper cannot be clicked: what is folded in the page's own text is printed open.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("header details, section > details")) details.open = true;
});

main();
