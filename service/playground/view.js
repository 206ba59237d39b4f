// What the page shows. Text from people and models only ever becomes text, never markup.

/** An element with attributes and children; strings become text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What a person asked. */
export function question(text, images) {
  const shown = element("article", { class: "turn user" }, element("h2", { class: "who" }, "You"));
  if (text) shown.append(element("div", { class: "text" }, text));
  if (images.length > 0) {
    const pictures = images.map(({ url, name }) => element("img", { src: url, alt: name }));
    shown.append(element("div", { class: "pictures" }, ...pictures));
  }
  return shown;
}

/** A place for an answer that is coming in. */
export class AnswerView {
  constructor() {
    this.text = document.createTextNode("");
    this.body = element("div", { class: "text" }, this.text);
    this.who = element("h2", { class: "who" }, "Answer");
    this.element = element("article", { class: "turn answer", "aria-busy": "true" }, this.who, this.body);
  }

  add(text, answer) {
    this.name(answer);
    this.text.appendData(text);
  }

  /** The model that answers is known from the first byte on. */
  name(answer) {
    if (answer.model) this.who.textContent = answer.model;
  }

  /** Show what is known of the answer; it grows no more. */
  finish(answer, state) {
    this.element.setAttribute("aria-busy", "false");
    this.name(answer);
    if (!answer.text) this.body.remove();
    this.element.append(facts(answer, state));
  }

  /** Show why there is no answer, or no more of it. */
  fail(error, answer, retry) {
    const heading = [error.status, error.code].filter(Boolean).join(" · ") || "No answer";
    const button = element("button", { type: "button", class: "quiet" }, "Try again");
    button.addEventListener("click", retry);
    const card = element(
      "div",
      { class: "failure", role: "alert" },
      element("p", { class: "code" }, heading),
      element("p", {}, error.message),
      button,
    );
    this.body.after(card);
    this.finish(answer, "failed");
  }
}

const STATES = { stopped: "stopped by you", failed: null, complete: null };
const FINISHES = { length: "cut off at max tokens", content_filter: "filtered by the provider" };

function facts(answer, state) {
  const { usage } = answer;
  const list = element("dl", { class: "facts" });
  const add = (name, value) => {
    if (value) list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  };
  add("Ended", STATES[state] ?? FINISHES[answer.finish]);
  add("Tokens", usage && `${usage.prompt_tokens} in, ${usage.completion_tokens} out`);
  add("First token", state === "failed" ? null : duration(answer.firstToken));
  add("Total", duration(answer.total));
  add("Cache", answer.cache);
  add("Request", answer.requestId);
  return list;
}

/** Milliseconds for people: 83 ms, 1.24 s. */
export function duration(milliseconds) {
  if (milliseconds === null) return null;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** An image that waits to be sent, with a way to take it off again. */
export function attachment(image, remove) {
  const button = element("button", { type: "button", "aria-label": `Remove ${image.name}` }, "×");
  button.addEventListener("click", remove);
  return element("li", {}, element("img", { src: image.url, alt: image.name }), button);
}
