// Shows what the form asks for. Without this script there is no form, and everything is shown.
"use strict";

const form = document.getElementById("filter");
const shownNote = form.querySelector(".shown");

const groups = [...document.querySelectorAll(".group")].map((element) => ({
  element,
  environments: element.dataset.environments.split(" "),
  amount: element.querySelector(".amount"),
  findings: [...element.querySelectorAll(".finding")].map((finding) => ({
    element: finding,
    severity: finding.dataset.severity,
    rule: finding.dataset.rule,
    text: finding.textContent.toLowerCase(),
  })),
}));
const total = groups.reduce((sum, { findings }) => sum + findings.length, 0);

const counted = (number) => `${number} finding${number === 1 ? "" : "s"}`;

function wanted() {
  const data = new FormData(form);
  return {
    severities: data.getAll("severity"),
    rule: data.get("rule"),
    environment: data.get("environment"),
    words: data.get("text").toLowerCase().split(/\s+/).filter(Boolean),
  };
}

function show() {
  const { severities, rule, environment, words } = wanted();
  let sum = 0;
  for (const { element, environments, amount, findings } of groups) {
    const here = !environment || environments.includes(environment);
    let shown = 0;
    for (const finding of findings) {
      const fits =
        here &&
        severities.includes(finding.severity) &&
        (!rule || finding.rule === rule) &&
        words.every((word) => finding.text.includes(word));
      finding.element.hidden = !fits;
      if (fits) shown += 1;
    }
    element.hidden = shown === 0;
    amount.textContent =
      shown === findings.length ? counted(shown) : `${shown} of ${counted(findings.length)}`;
    sum += shown;
  }
  shownNote.textContent = `${sum} of ${counted(total)}`;
}

form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
show();
