// The list: elements from text. Nothing here ever becomes markup.

// el is an element with a class and children; texts that come from a result stand in
// <bdi>, so that their direction stays their own.
function el(name, css, ...children) {
  const e = document.createElement(name);
  if (css) e.className = css;
  e.append(...children);
  return e;
}

const foreign = (text, css) => el("bdi", css, text);

const statusNames = { FAIL: "✗ FAIL", UNKNOWN: "? UNKNOWN", PASS: "✓ PASS", NOT_APPLICABLE: "– not applicable" };

// item is one finding; its body is made when it is opened.
function item(f, open) {
  const line = el("span", "line",
    el("span", "status " + f.status, statusNames[f.status]),
    el("span", "", el("span", "severity " + f.severity, f.severity)),
    el("span", "what", foreign(f.name || f.resource, "name"), el("span", "check", "Must hold: " + f.check.title + ". Seen: ", foreign(f.reason)),
      ...(f.waived ? [el("span", "check waived-mark", "~ waived by ", foreign(f.waived[0]), " until ", foreign(f.waived[1]))] : [])),
    foreign(f.region, "where"));
  const details = el("details", "", el("summary", "", line));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(body(f));
  });
  details.open = open;
  return el("li", "", details);
}

// served lists requirements, those of one framework in one line.
function served(requirements) {
  const by = new Map();
  for (const r of requirements) by.set(r.framework, [...(by.get(r.framework) || []), r.requirement]);
  return [...by].map(([id, list]) => el("div", "", frameworkNames[id] + ": " + list.join(", ")));
}

// some is a text, or nothing.
const some = (text) => (text ? [text] : []);

// lines are text to copy, with a button that does so and a word on what is left to put in.
function lines(text) {
  if (!text) return [];
  const copy = el("button", "copy", "Copy");
  copy.type = "button";
  copy.hidden = !navigator.clipboard; // where the page may not write to it
  copy.addEventListener("click", () => {
    navigator.clipboard.writeText(text).then(() => { copy.textContent = "Copied"; }, () => { copy.textContent = "Mark and copy by hand"; });
  });
  const open = [...new Set(text.match(/\{[a-z]+\}/g) || [])].join(", ");
  const left = open ? [el("p", "meta", "Put in by hand: " + open + ". The resource has no such value, or one that is not safe to paste.")] : [];
  return [el("pre", "", el("code", "", text)), copy, ...left];
}

function body(f) {
  const list = el("dl");
  const put = (label, ...values) => {
    if (values.length > 0) list.append(el("dt", "", label), el("dd", "", ...values));
  };
  const rows = (pairs) => pairs.length === 0 ? [] : [el("ul", "", ...pairs.map(([k, v]) => el("li", "", foreign(k), " = ", foreign(v))))];
  put("Reason", foreign(f.reason), ...(f.cause && f.cause !== "ok" ? [" (" + f.cause + ")"] : []));
  if (f.waived) put("Waived", "by ", foreign(f.waived[0]), " until ", foreign(f.waived[1]), ": ", foreign(f.waived[2]));
  put("Observed", ...rows(f.observed));
  put("Resource", foreign(f.type), " ", el("code", "", foreign(f.resource)));
  put("Place", foreign(f.account), " / ", foreign(f.region));
  put("Tags", ...rows(f.tags));
  put("Why it matters", ...some(f.check.threat));
  put("What to do", f.check.remedy);
  const fix = mended(f);
  put("With the AWS CLI", ...lines(fix.cli));
  put("With Terraform", ...lines(fix.terraform));
  put("What mending costs", ...some(f.check.cost));
  put("Check", el("code", "", f.check.id), " ", f.check.title);
  put("Serves", ...served(f.check.frameworks || []));
  put("Rests on", ...(f.evidence.length === 0 ? ["no recorded call"] : f.evidence.map((e) => el("div", "", el("code", "", foreign(e))))));
  const link = el("a", "permalink", "Link to this finding");
  link.href = "#finding=" + encodeURIComponent(f.id);
  put("Finding", el("code", "", foreign(f.id)), " ", link);
  return el("div", "body", list);
}

// longest is how many values a choice lists.
const longest = 1000;

// controls makes the form's fields from what the findings hold. The callback is told of
// a change.
function controls(findings, changed) {
  const boxes = (where, name, values) => {
    for (const value of values) {
      const box = el("input");
      box.type = "checkbox";
      box.name = name;
      box.value = value;
      box.addEventListener("change", changed);
      where.append(el("label", "", box, " ", value));
    }
  };
  boxes(document.getElementById("statuses"), "status", statuses);
  boxes(document.getElementById("severities"), "severity", severities);
  const where = document.getElementById("choices");
  const search = el("input");
  search.type = "search";
  search.name = "q";
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 120);
  });
  where.append(el("label", "choice", "Text", search));
  for (const [name, label, values, shy] of choices) {
    const set = new Set();
    if (!shy) for (const f of findings) for (const v of values(f)) set.add(v);
    if (set.size === 0 && !shy) continue;
    const found = [...set].sort();
    const select = el("select", "", new Option("any", ""), ...found.slice(0, longest).map((v) => new Option(name === "framework" ? frameworkNames[v] : v, v)));
    if (found.length > longest) {
      const more = new Option("… " + (found.length - longest) + " more: search for the text", " ");
      more.disabled = true;
      select.add(more);
    }
    select.name = name;
    select.addEventListener("change", changed);
    where.append(el("label", "choice", label, select));
  }
}
