// The playground: a chat with the service that serves it.

import { AnswerError, ask, newAnswer } from "./answer.js";
import { at, keepToken, listModels, part, showReadiness, showVersion, token } from "./deployment.js";
import { curlCommand, requestBody, shortened, userMessage } from "./request.js";
import { AnswerView, attachment, question } from "./view.js";

const READINESS_MILLISECONDS = 15_000;
const NEAR_THE_END_PIXELS = 80;

const empty = part("empty");
const conversation = [];
let images = [];
let stopRunning = null;
let atEnd = true;

// --- the request

function options() {
  const number = (id) => (part(id).value === "" ? null : part(id).valueAsNumber);
  return {
    model: part("model").value,
    system: part("system").value,
    temperature: number("temperature"),
    maxTokens: number("max-tokens"),
    stream: part("stream").checked,
  };
}

function nextMessages() {
  const text = part("prompt").value.trim();
  const pending = text || images.length > 0 || conversation.length === 0;
  if (pending) return [...conversation, userMessage(text || "Hello", images)];
  // Nothing is written yet: what was asked last.
  return conversation.slice(0, conversation.findLastIndex(({ role }) => role === "user") + 1);
}

function command() {
  const body = requestBody(options(), nextMessages());
  return curlCommand(at("v1/chat/completions"), body, token() !== "");
}

async function listed() {
  await listModels();
  showChosen();
}

function showChosen() {
  part("chosen").textContent = part("model").value;
  showCommand();
}

function showCommand() {
  part("copied").textContent = "";
  if (part("curl").open) part("command").textContent = shortened(command());
}

async function copyCommand() {
  try {
    await navigator.clipboard.writeText(command());
    part("copied").textContent = "Copied";
  } catch {
    // Without HTTPS there is no clipboard.
    getSelection().selectAllChildren(part("command"));
    part("copied").textContent = "Selected: copy it with your keyboard";
  }
}

// --- the chat

function send() {
  const text = part("prompt").value.trim();
  if (stopRunning || (!text && images.length === 0) || !settingsAreValid()) return;
  empty.remove();
  // What failed earlier is past: to try it again now would answer another question.
  for (const button of part("log").querySelectorAll(".failure button")) button.remove();
  part("log").append(question(text, images));
  conversation.push(userMessage(text, images));
  part("prompt").value = "";
  images = [];
  showImages();
  answerNow();
}

function settingsAreValid() {
  const wrong = [part("temperature"), part("max-tokens")].find((field) => !field.checkValidity());
  if (!wrong) return true;
  part("settings").open = true;
  wrong.reportValidity();
  return false;
}

async function answerNow() {
  const stop = new AbortController();
  const view = new AnswerView();
  const answer = newAnswer();
  running(stop);
  part("log").append(view.element);
  scrollToEnd();
  const request = {
    url: at("v1/chat/completions"),
    body: requestBody(options(), conversation),
    token: token(),
    signal: stop.signal,
  };
  try {
    await ask(request, answer, (text) => {
      view.add(text, answer);
      if (atEnd) scrollToEnd();
    });
    finish(view, answer, "complete");
  } catch (error) {
    if (stop.signal.aborted) finish(view, answer, "stopped");
    else fail(view, answer, error);
  } finally {
    running(null);
    if (atEnd) scrollToEnd();
    showCommand();
  }
}

function finish(view, answer, state) {
  view.finish(answer, state);
  if (answer.text) conversation.push({ role: "assistant", content: answer.text });
  part("announce").textContent = state === "stopped" ? "Stopped" : "The answer is complete";
}

function fail(view, answer, error) {
  const shown = error instanceof AnswerError ? error : new AnswerError("The answer could not be read");
  view.fail(shown, answer, () => {
    if (stopRunning) return;
    view.element.remove();
    answerNow();
  });
  part("announce").textContent = "";
  showReadiness();
}

function running(stop) {
  stopRunning = stop;
  const focused = document.activeElement;
  part("send").hidden = stop !== null;
  part("stop").hidden = stop === null;
  part("clear").hidden = stop !== null || conversation.length === 0;
  if (stop) part("announce").textContent = "The answer is coming";
  // The button that had the focus is gone, and a keyboard needs a place to go on from.
  if (focused === part("stop") || focused === part("send")) part("prompt").focus();
}

function clearChat() {
  conversation.length = 0;
  part("log").replaceChildren(empty);
  part("clear").hidden = true;
  part("prompt").focus();
  showCommand();
}

function scrollToEnd() {
  part("log").scrollTop = part("log").scrollHeight;
}

// --- images

async function attach(files) {
  const pictures = [...files].filter((file) => file.type.startsWith("image/"));
  const read = await Promise.all(pictures.map(async (file) => ({ name: file.name, url: await dataUrl(file) })));
  images = [...images, ...read];
  showImages();
  part("prompt").focus();
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

function showImages() {
  const without = (gone) => () => {
    images = images.filter((image) => image !== gone);
    showImages();
    part("prompt").focus();
  };
  part("images").hidden = images.length === 0;
  part("images").replaceChildren(...images.map((image) => attachment(image, without(image))));
  showCommand();
}

// --- wiring

part("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
part("prompt").addEventListener("keydown", (event) => {
  // While Hangul or kana are being composed, Enter ends the composition.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
part("prompt").addEventListener("paste", (event) => {
  if (event.clipboardData.files.length > 0) attach(event.clipboardData.files);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stopRunning?.abort();
});
part("log").addEventListener("scroll", ({ target }) => {
  atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_THE_END_PIXELS;
});
// What is written grows at the cost of what was said, whose end must stay in sight.
new ResizeObserver(() => atEnd && scrollToEnd()).observe(part("log"));
part("stop").addEventListener("click", () => stopRunning?.abort());
part("clear").addEventListener("click", clearChat);
part("attach").addEventListener("click", () => part("file").click());
part("file").addEventListener("change", (event) => {
  attach(event.target.files);
  event.target.value = ""; // The same file may be chosen again.
});
part("copy").addEventListener("click", copyCommand);
part("curl").addEventListener("toggle", showCommand);
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault(); // Else the browser would leave the page for the picture.
  attach(event.dataTransfer.files);
});
for (const place of [part("settings"), part("composer")]) place.addEventListener("input", showChosen);

const wide = matchMedia("(min-width: 56rem)");
const fitSettings = () => (part("settings").open = wide.matches);
wide.addEventListener("change", fitSettings);
fitSettings();

setInterval(() => document.hidden || showReadiness(), READINESS_MILLISECONDS);
keepToken(listed);
listed();
showReadiness();
showVersion();
if (wide.matches) part("prompt").focus();
