// OpenAI's client for Node against the running service: one line of JSON for each check.
// SERVICE_URL and PROVIDER_URL say where the service and the provider behind it are, TOKEN is the
// key, and MODE is the service's LLM_PASSTHROUGH.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import OpenAI from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const { SERVICE_URL, PROVIDER_URL, TOKEN, MODE } = process.env;
const MODEL = "gpt-4o-mini";
const ASK = [{ role: "user", content: "Say something." }];
const ASK_WEATHER = [{ role: "user", content: "What is the weather in 'Paris'?" }];
const ASK_BOOK = [{ role: "user", content: "A book called 'Ulysses' with 730 pages." }];
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg" +
  "GAWjR9awAAAABJRU5ErkJggg==";
const Book = z.object({ title: z.string(), pages: z.number().int() });
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const sent = [];
const checks = new Map();

// The client's own way out, with a note of what it sends.
function noted(url, init) {
  if (init?.method?.toUpperCase() === "POST") sent.push(init.body);
  return fetch(url, init);
}

function client(options = {}) {
  const basics = { baseURL: `${SERVICE_URL}/v1`, apiKey: TOKEN, maxRetries: 0, fetch: noted };
  return new OpenAI({ ...basics, ...options });
}

const openai = client();

const provider = {
  async get(path) {
    return (await fetch(PROVIDER_URL + path)).json();
  },
  async post(path, body) {
    const answer = await fetch(PROVIDER_URL + path, { method: "POST", body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  },
  control: (options = {}) => provider.post("/_ctl", options),
  stats: () => provider.get("/_stats"),
  // Its counts, once it has nothing to do.
  async idle() {
    for (const end = Date.now() + 1000; ; await sleep(5)) {
      const stats = await provider.stats();
      if (!stats.in_flight) return stats;
      assert.ok(Date.now() < end, JSON.stringify(stats));
    }
  },
};

function check(name, run) {
  checks.set(name, run);
}

async function collected(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function failure(promise) {
  return promise.then(
    () => assert.fail("nothing was wrong"),
    (error) => error,
  );
}

// The provider's latest request is the client's latest, but for the counting of a stream's tokens;
// passed on as bytes, it is the same to the byte.
async function checkPassedOn() {
  const received = (await provider.get("/_last")).body;
  if (received === undefined || !sent.length) return;
  const wanted = JSON.parse(sent.at(-1));
  const whole = !wanted.stream || "stream_options" in wanted;
  if (!whole) wanted.stream_options = { include_usage: true };
  assert.deepStrictEqual(JSON.parse(received), wanted);
  if (whole && MODE === "auto") assert.equal(received, sent.at(-1));
}

check("a whole answer", async () => {
  await provider.control({ words: 3 });
  const { data, response, request_id } = await openai.chat.completions
    .create({ model: MODEL, messages: ASK })
    .withResponse();
  assert.equal(data.choices[0].message.content, "the quick brown");
  assert.equal(data.usage.completion_tokens, 3);
  assert.equal(response.headers.get("x-request-id"), request_id);
  assert.equal(data._request_id, request_id);
});

check("every field", async () => {
  const answer = await openai.chat.completions.create({
    model: MODEL,
    messages: [{ role: "developer", content: "Be brief. 你好 🎉 \u2028" }, ...ASK],
    frequency_penalty: -0.5,
    logit_bias: { 50256: -100 },
    logprobs: true,
    max_completion_tokens: 50,
    metadata: { job: "nightly" },
    n: 2,
    parallel_tool_calls: false,
    presence_penalty: 1.5,
    reasoning_effort: "low",
    seed: 7,
    service_tier: "flex",
    stop: ["END"],
    store: false,
    temperature: 0.1 + 0.2,
    tool_choice: "none",
    tools: [WEATHER],
    top_logprobs: 2,
    top_p: 0.9,
    user: "ann",
    verbosity: "low",
    top_k: 40, // a vendor's
    tags: ["a"], // nobody's
  });
  assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1]);
  assert.equal(answer.choices[0].logprobs.content[0].top_logprobs.length, 2);
});

check("a picture", async () => {
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: PIXEL, detail: "low" } },
  ];
  const messages = [{ role: "user", content }];
  const answer = await openai.chat.completions.create({ model: MODEL, messages });
  assert.ok(answer.choices[0].message.content);
});

check("a stream", async () => {
  await provider.control({ n: 2 });
  const chunks = await collected(
    await openai.chat.completions.create({ model: MODEL, messages: ASK, stream: true }),
  );
  const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
  assert.equal(text, "the quick ");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.ok(chunks.every((chunk) => !("usage" in chunk)));
});

check("a stream with usage", async () => {
  await provider.control({ n: 2 });
  const stream = openai.chat.completions.stream({
    model: MODEL,
    messages: ASK,
    stream_options: { include_usage: true },
  });
  assert.equal(await stream.finalContent(), "the quick ");
  assert.equal((await stream.totalUsage()).completion_tokens, 2);
});

check("a stream that a server hands on to a browser", async () => {
  const stream = await openai.chat.completions.create({
    model: MODEL,
    messages: ASK,
    stream: true,
  });
  const lines = (await new Response(stream.toReadableStream()).text()).trim().split("\n");
  assert.equal(JSON.parse(lines.at(-1)).choices[0].finish_reason, "stop");
});

check("tools that the client runs, streamed", async () => {
  const asked = [];
  const runner = openai.chat.completions.runTools({
    model: MODEL,
    messages: ASK_WEATHER,
    stream: true,
    tools: [
      zodFunction({
        name: "get_weather",
        parameters: z.object({ city: z.string() }),
        function: ({ city }) => {
          asked.push(city);
          return "sunny";
        },
      }),
    ],
  });
  assert.ok(await runner.finalContent());
  assert.deepEqual(asked, ["Paris"]);
  assert.deepEqual(
    runner.messages.map((message) => message.role),
    ["user", "assistant", "tool", "assistant"],
  );
});

check("tools that are called in parallel, streamed", async () => {
  await provider.control({ calls: 2 });
  const stream = openai.chat.completions.stream({
    model: MODEL,
    messages: ASK_WEATHER,
    tools: [WEATHER],
  });
  const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0];
  assert.equal(finish_reason, "tool_calls");
  assert.deepEqual(
    message.tool_calls.map((call) => call.function.arguments),
    ['{"city":"Paris"}', '{"city":"Paris"}'],
  );
});

check("an answer by a schema", async () => {
  const answer = await openai.chat.completions.parse({
    model: MODEL,
    messages: ASK_BOOK,
    response_format: zodResponseFormat(Book, "book"),
  });
  assert.deepEqual(answer.choices[0].message.parsed, { title: "Ulysses", pages: 730 });
});

check("a stream by a schema", async () => {
  const stream = openai.chat.completions.stream({
    model: MODEL,
    messages: ASK_BOOK,
    response_format: zodResponseFormat(Book, "book"),
  });
  const answer = await stream.finalChatCompletion();
  assert.deepEqual(answer.choices[0].message.parsed, { title: "Ulysses", pages: 730 });
});

check("the models", async () => {
  const listed = (await collected(openai.models.list())).map((model) => model.id);
  assert.deepEqual(listed.slice(0, 2), [MODEL, "gpt-4o"]);
  assert.equal((await openai.models.retrieve("gpt-4o")).owned_by, "openai");
});

check("embeddings", async () => {
  const answer = await openai.embeddings.create({ model: MODEL, input: ["a", "b"] });
  assert.deepEqual(answer.data.map((one) => one.embedding.length), [8, 8]);
});

check("a failure of the provider", async () => {
  await provider.control({ mode: "err", status: 429, retry_after: "7" });
  const error = await failure(openai.chat.completions.create({ model: MODEL, messages: ASK }));
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.equal(error.code, "rate_limit_exceeded");
  assert.equal(error.headers.get("retry-after"), "7");
  assert.ok(error.requestID);
});

check("a stream that cannot begin", async () => {
  await provider.control({ mode: "err", status: 500 });
  const error = await failure(
    openai.chat.completions.create({ model: MODEL, messages: ASK, stream: true }),
  );
  assert.ok(error instanceof OpenAI.InternalServerError);
  assert.equal(error.status, 500);
});

check("a bad request", async () => {
  const error = await failure(
    openai.chat.completions.create({ model: MODEL, messages: ASK, temperature: 3 }),
  );
  assert.ok(error instanceof OpenAI.BadRequestError);
  assert.equal(error.param, "temperature");
});

check("a token that is none", async () => {
  const stranger = client({ apiKey: "sk-anything" });
  const error = await failure(stranger.chat.completions.create({ model: MODEL, messages: ASK }));
  assert.ok(error instanceof OpenAI.AuthenticationError);
  assert.equal(error.code, "invalid_api_key");
});

check("a model that is not there", async () => {
  const error = await failure(openai.chat.completions.create({ model: "gpt-99", messages: ASK }));
  assert.ok(error instanceof OpenAI.NotFoundError);
  assert.equal(error.code, "model_not_found");
});

check("a failure that passes is tried again", async () => {
  await provider.control({ seq: ["mode=err,status=503"] });
  const patient = client({ maxRetries: 2 });
  await patient.chat.completions.create({ model: MODEL, messages: ASK });
  assert.equal((await provider.stats()).requests, 2);
});

check("the client waits as long as the provider asks", async () => {
  await provider.control({ seq: ["mode=err,status=429,retry_after=1"] });
  const started = Date.now();
  await client({ maxRetries: 1 }).chat.completions.create({ model: MODEL, messages: ASK });
  assert.ok(Date.now() - started >= 1000);
  assert.equal((await provider.stats()).requests, 2);
});

check("a stream that breaks is an error and no end", async () => {
  const stream = await openai.chat.completions.create({
    model: "breaking",
    messages: ASK,
    stream: true,
  });
  const error = await failure(collected(stream));
  assert.ok(error instanceof OpenAI.APIError);
  assert.equal(error.code, "upstream_lost");
  sent.length = 0; // the provider knows the model under another name
});

check("a stream that is aborted frees the provider", async () => {
  const stream = await openai.chat.completions.create({
    model: "slow",
    messages: ASK,
    stream: true,
  });
  for await (const _ of stream) break;
  assert.equal((await provider.idle()).aborted, 1);
  sent.length = 0;
});

check("a request that is aborted frees the provider", async () => {
  const controller = new AbortController();
  const asking = failure(
    openai.chat.completions.create(
      { model: "hanging", messages: ASK },
      { signal: controller.signal },
    ),
  );
  while (!(await provider.stats()).in_flight) await sleep(5);
  controller.abort();
  assert.ok((await asking) instanceof OpenAI.APIUserAbortError);
  assert.equal((await provider.idle()).aborted, 1);
  sent.length = 0;
});

check("a client that gives up frees the provider", async () => {
  const error = await failure(
    openai.chat.completions.create({ model: "hanging", messages: ASK }, { timeout: 200 }),
  );
  assert.ok(error instanceof OpenAI.APIConnectionTimeoutError);
  assert.equal((await provider.idle()).aborted, 1);
  sent.length = 0;
});

for (const [name, run] of checks) {
  sent.length = 0;
  await provider.control();
  await provider.post("/_reset");
  let problem = null;
  try {
    await run();
    await checkPassedOn();
  } catch (error) {
    problem = error.stack ?? String(error);
  }
  console.log(JSON.stringify({ name, problem }));
}
