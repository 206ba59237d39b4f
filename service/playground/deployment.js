// What the page knows of the deployment: its models, whether it is ready, and its token.

import { AnswerError, authorization, refusal } from "./answer.js";

/** An address of the service. Relative to the page, so that it works behind a path prefix. */
export const at = (path) => new URL(path, document.baseURI).href;

/** The element with this id. */
export const part = (id) => document.getElementById(id);

/** The token as it was entered, or "". */
export const token = () => part("token").value.trim();

/** Keep the token as long as the tab is open, and tell when there is another one. */
export function keepToken(changed) {
  part("token").value = sessionStorage.getItem("token") ?? "";
  part("token").addEventListener("change", () => {
    sessionStorage.setItem("token", token());
    changed();
  });
}

/** Fill the list of models; a choice that is still in it stays. */
export async function listModels() {
  const note = part("model-note");
  try {
    const response = await fetch(at("v1/models"), { headers: authorization(token()) });
    if (!response.ok) throw await refusal(response);
    const { data } = await response.json();
    const chosen = part("model").value;
    part("model").replaceChildren(...data.map(({ id }) => new Option(id, id, false, id === chosen)));
    note.textContent = "";
  } catch (error) {
    note.textContent = error instanceof AnswerError ? error.message : "The list is not available.";
  }
}

/** Show whether the service is ready, and what is the matter. */
export async function showReadiness() {
  const badge = part("readiness");
  try {
    const response = await fetch(at("readyz"));
    const { reasons, concerns } = await response.json();
    const why = [...reasons, ...concerns].map(({ message }) => message).join("; ");
    badge.dataset.state = response.ok ? "ready" : "waiting";
    const text = response.ok ? "Ready" : "Not ready";
    setText(badge, why ? `${text}: ${why}` : text);
  } catch {
    badge.dataset.state = "away";
    setText(badge, "Not reachable");
  }
}

/** A live region speaks on every change, so the same text must not be one. */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Show which release it is. */
export async function showVersion() {
  try {
    const { version } = await (await fetch(at("version"))).json();
    part("version").textContent = version;
  } catch {
    part("version").textContent = ""; // It is an ornament; readiness says what is wrong.
  }
}
