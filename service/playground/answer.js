// Asking the service, and reading what it answers as it comes.

/** An answer that failed, with what OpenAI's form of errors says about it. */
export class AnswerError extends Error {
  constructor(message, { status = null, code = null } = {}) {
    super(message);
    this.name = "AnswerError";
    this.status = status;
    this.code = code;
  }
}

/** A record that `ask` fills in. Times are milliseconds since the request was sent. */
export function newAnswer() {
  return {
    text: "",
    model: "",
    usage: null,
    finish: null,
    requestId: null,
    cache: null,
    firstToken: null,
    total: null,
  };
}

/**
 * Send a request and fill in `answer`; `onText` is told of each piece of text.
 * Throws AnswerError, or an AbortError when the signal stopped it. Leaving early closes the
 * connection, upon which the service cancels the provider's work.
 */
export async function ask({ url, body, token, signal }, answer, onText) {
  const started = performance.now();
  const take = (text) => {
    if (!text) return;
    answer.firstToken ??= performance.now() - started;
    answer.text += text;
    onText(text);
  };
  try {
    const response = await send(url, body, token, signal);
    answer.requestId = response.headers.get("x-request-id");
    answer.cache = response.headers.get("x-cache");
    answer.model = response.headers.get("x-model") ?? "";
    if (!response.ok) throw await refusal(response);
    if (body.stream) await readStream(response, answer, take);
    else readWhole(await response.json(), answer, take);
  } finally {
    answer.total = performance.now() - started;
  }
}

/** The headers of a request to the service. */
export function authorization(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** The error that an answer with another status than 2xx stands for. */
export async function refusal(response) {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text);
    return new AnswerError(error.message, { status: response.status, code: error.code });
  } catch {
    // Not from the service: a proxy in between writes HTML.
    return new AnswerError(`The answer is no error in OpenAI’s form`, { status: response.status });
  }
}

async function send(url, body, token, signal) {
  const headers = { "Content-Type": "application/json", ...authorization(token) };
  try {
    return await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new AnswerError("The service could not be reached");
  }
}

function readWhole(completion, answer, take) {
  const choice = completion.choices?.[0];
  note(completion, choice, answer);
  take(spoken(choice?.message));
}

async function readStream(response, answer, take) {
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new AnswerError(chunk.error.message, { code: chunk.error.code });
    const choice = chunk.choices?.[0];
    note(chunk, choice, answer);
    take(spoken(choice?.delta));
  }
  throw new AnswerError("The stream broke off before its end");
}

function note(object, choice, answer) {
  answer.usage = object.usage ?? answer.usage;
  answer.finish = choice?.finish_reason ?? answer.finish;
}

/** What a message, or a piece of one, says. The page offers no tools, so their calls are shown. */
function spoken(message) {
  if (!message) return "";
  const calls = message.tool_calls ? JSON.stringify(message.tool_calls) : "";
  return (message.content ?? "") + (message.refusal ?? "") + calls;
}

/** The data of each server-sent event. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data = [];
  try {
    for (;;) {
      const { value, done } = await readOn(reader);
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
        if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
        if (line !== "" || data.length === 0) continue;
        yield data.join("\n");
        data = [];
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // It may have failed already, which was reported.
  }
}

async function readOn(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new AnswerError("The connection to the service was lost");
  }
}
