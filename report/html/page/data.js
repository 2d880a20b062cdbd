"use strict";
// The findings: read from the page, one JSON line each.

// inflate yields the lines of the compressed data, and lets the browser breathe between
// pieces of them.
async function* inflate(base64) {
  const binary = atob(base64);
  const packed = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) packed[i] = binary.charCodeAt(i);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder();
  let rest = "", pause = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    yield* lines;
    if (performance.now() - pause > 40) {
      await new Promise((resume) => setTimeout(resume));
      pause = performance.now();
    }
  }
  if (rest !== "") throw new Error("the data of this page is cut off");
}

// finding names the parts of a line (see row in data.go) and adds the text to search.
function finding(line, checks) {
  const [id, check, status, severity, account, region, type, resource, name, tags, reason, cause, observed, evidence, slots, waived] = line;
  const c = checks[check];
  const words = [id, c.id, c.title, status, account, region, type, resource, name, reason, cause, ...tags.flat(), ...observed.flat(), ...(waived || [])];
  const labels = tags.map(([k, v]) => k + "=" + v);
  return { id, check: c, labels, status, severity, account, region, type, resource, name, tags, reason, cause, observed, evidence, slots, waived, text: words.join("\n").toLowerCase() };
}

// mended puts a finding's own values between the texts of its check's fix. They are quoted
// already, each for its place (report/mend).
function mended(f) {
  const fix = f.slots && (f.check.fixes[f.type] || f.check.fixes[""]);
  if (!fix) return { cli: "", terraform: "" };
  const join = (texts, values) => texts.map((text, i) => (i === 0 ? "" : values[i - 1]) + text).join("").trimEnd();
  return { cli: join(fix.cli, f.slots[0]), terraform: join(fix.terraform, f.slots[1]) };
}

// frameworkNames are the frameworks as their owners spell them, by id.
let frameworkNames = {};

// someWaived says that the result has waived findings: else there is nothing to filter by.
let someWaived = false;

// load reads everything and refuses a page that lost something on its way.
async function load() {
  const holder = document.getElementById("findings-data");
  const findings = [];
  let heading = null;
  for await (const line of inflate(holder.textContent)) {
    if (heading === null) heading = JSON.parse(line);
    else findings.push(finding(JSON.parse(line), heading.checks));
  }
  if (heading === null || findings.length !== heading.findings) throw new Error("the data of this page is cut off");
  holder.remove();
  frameworkNames = heading.frameworks;
  someWaived = heading.waived;
  return { findings, total: heading.total };
}
