// The filters: their state lives in the URL's fragment, so that a link shows the same.

const statuses = ["FAIL", "UNKNOWN", "PASS", "NOT_APPLICABLE"];
const severities = ["critical", "high", "medium", "low", "info"];

// choices are the filters with one value: name, label, and the values that a finding has.
const choices = [
  ["duty", "Duty", (f) => [f.check.duty]],
  ["kind", "Kind of service", (f) => [f.check.kind]],
  ["category", "Category", (f) => [f.check.category]],
  ["service", "Service", (f) => [f.check.service]],
  ["check", "Check", (f) => [f.check.id]],
  ["account", "Account", (f) => [f.account]],
  ["region", "Region", (f) => [f.region]],
  ["framework", "Framework", (f) => (f.check.frameworks || []).map((r) => r.framework)],
  ["waived", "Waived", (f) => (someWaived ? [f.waived ? "yes" : "no"] : [])],
  ["tag", "Tag", (f) => f.labels],
  ["resource", "Resource", (f) => [f.resource], "only shown while it filters"],
];

// A fragment without a status shows what asks for something to be done; an empty status
// shows all.
const fresh = () => ({ status: ["FAIL", "UNKNOWN"], severity: [], q: "", finding: "", page: 1 });

function fromFragment(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const state = fresh();
  const list = (name, known) => given.get(name).split(",").filter((v) => known.includes(v));
  if (given.has("status")) state.status = list("status", statuses);
  if (given.has("severity")) state.severity = list("severity", severities);
  for (const [name] of choices) if (given.get(name)) state[name] = given.get(name);
  state.q = given.get("q") || "";
  state.finding = given.get("finding") || "";
  state.page = Math.max(1, parseInt(given.get("page"), 10) || 1);
  return state;
}

function toFragment(state) {
  const out = new URLSearchParams();
  if (state.finding) out.set("finding", state.finding);
  if (state.status.join() !== fresh().status.join()) out.set("status", state.status.join());
  if (state.severity.length > 0) out.set("severity", state.severity.join());
  for (const [name] of choices) if (state[name]) out.set(name, state[name]);
  if (state.q) out.set("q", state.q);
  if (state.page > 1) out.set("page", state.page);
  return "#" + out.toString();
}

// matching are the findings that pass all filters, in the result's order. A link to one
// finding shows it whatever the filters say.
function matching(findings, state) {
  if (state.finding) return findings.filter((f) => f.id === state.finding);
  const q = state.q.toLowerCase();
  const picked = choices.filter(([name]) => state[name]);
  return findings.filter((f) =>
    (state.status.length === 0 || state.status.includes(f.status)) &&
    (state.severity.length === 0 || state.severity.includes(f.severity)) &&
    picked.every(([name, , values]) => values(f).includes(state[name])) &&
    (q === "" || f.text.includes(q)));
}
